/** The error message of the field above. */
export function FieldFault({ id, text }: { id: string; text: string | undefined }) {
  return text ? (
    <p class="field-fault" id={id}>
      {text}
    </p>
  ) : null;
}
