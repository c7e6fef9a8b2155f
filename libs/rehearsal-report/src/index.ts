export * from './render-report';
export { PROMISE_WORDS, limitWords, margin, measuredWords, repeatCommand, verdictSentence } from './verdict';
