const SAVE_MS = 60_000; // browsers begin to save after the click, some of them only when the person has chosen a folder

/** Gives the person a file to keep. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVE_MS);
}
