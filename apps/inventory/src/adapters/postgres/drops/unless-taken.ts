const UNIQUE_VIOLATION = '23505';

/** `id-taken`: another drop has the id. */
export async function unlessTaken<T>(inserted: Promise<T>): Promise<T | 'id-taken'> {
  try {
    return await inserted;
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code === UNIQUE_VIOLATION && constraint === 'drop_pkey') return 'id-taken';
    throw error;
  }
}
