/** Background work of an app. */
export interface Background {
  /** Before the app listens; a promise delays the start. */
  start(): void | Promise<void>;
  /** Before the last requests are answered: start nothing new. */
  stop(): void | Promise<void>;
  /** After the last requests: close connections. */
  close?(): void | Promise<void>;
}

/** Starts and stops background work with a Nest app, which calls these lifecycle hooks by name. */
export class Lifecycle {
  constructor(private readonly background: Background) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.background.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.background.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.background.close?.();
  }
}

/** A provider of one part of an object that a plain function has built and that is provided as `whole`. */
export const partOf =
  <Whole>(whole: symbol) =>
  <Token>(token: Token, part: (it: Whole) => unknown) => ({
    provide: token,
    inject: [whole],
    useFactory: part,
  });

/** A provider of each role of such an object; `roles` are the tokens by the names under which the object has them. */
export const rolesOf = <Token>(whole: symbol, roles: Readonly<Record<string, Token>>) =>
  Object.entries(roles).map(([name, token]) =>
    partOf<Record<string, unknown>>(whole)(token, (it) => it[name]),
  );

type Token<T> = abstract new (...args: never[]) => T;

/** A provider of a class without decorators; `inject`: the tokens of its constructor's arguments. */
export const made = <Args extends unknown[], T>(
  type: new (...args: NoInfer<Args>) => T,
  inject: [...{ [I in keyof Args]: Token<Args[I]> }],
) => ({ provide: type, inject, useFactory: (...args: Args) => new type(...args) });

/** Starts and stops the background work that is provided as `token` with the app. */
export const lifeOf = (token: Token<Background>) => ({
  provide: Symbol(`life of ${token.name}`),
  inject: [token],
  useFactory: (background: Background) => new Lifecycle(background),
});
