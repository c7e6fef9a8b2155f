export * from './assert';
export * from './clock';
export * from './deadline';
export * from './group-by';
export * from './ids';
export * from './limits';
export * from './money';
export * from './stock-version';
