// Lets the compiled product (CommonJS) use these tools (ES modules): a file that no compiler touches keeps its `import()`.
module.exports = (name) => import(`./${name}.mjs`);
