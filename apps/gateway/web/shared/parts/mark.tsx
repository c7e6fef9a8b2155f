/** The knot of Holdfast. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
      <path d="M32 8v26M32 34c0 11-10 10-13 20M32 34c0 11 10 10 13 20M32 34v20M32 21c-10 0-13-5-14-11M32 21c10 0 13-5 14-11" />
    </svg>
  );
}
