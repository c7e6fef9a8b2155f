export * from './render-report';
export {
  PROMISE_WORDS,
  limitWords,
  margin,
  measuredWords,
  moreWords,
  repeatCommand,
  verdictSentence,
} from './verdict';
