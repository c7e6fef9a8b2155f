/** What is wrong with the field above, in words. */
export function FieldFault({ id, text }: { id: string; text: string | undefined }) {
  return text ? (
    <p class="field-fault" id={id}>
      {text}
    </p>
  ) : null;
}
