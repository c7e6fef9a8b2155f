// Made by tools/embed-sql.mjs from the .sql files of this folder. Do not edit.
export const sql = {
} as const;
