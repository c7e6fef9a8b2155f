type Role = Partial<Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** The roles of a service as one client: each call of the wire table is that of the role that has it. */
export function inRoles<Calls extends object>(
  wire: { [M in keyof Calls]: unknown },
  roles: readonly object[],
): Calls {
  const parts = roles as readonly Role[];
  const calls = Object.keys(wire).map((name) => {
    const role = parts.find((it) => it[name] !== undefined);
    return [name, role?.[name]?.bind(role)];
  });
  return Object.fromEntries(calls) as Calls;
}
