// Loaded into a product by a test (`node --require`): every statement that it sends has lost its predicate on
// merchant_id, so that what a merchant still does not see is hidden by row-level security alone.
const { Client } = require('pg');

// Not an assignment (`SET merchant_id = $2`), which is no predicate.
const PREDICATE = /(?<!SET )\b(?:\w+\.)?merchant_id = (\$\d+)/g;
const strip = (text) => text.replace(PREDICATE, '($1::text IS NOT NULL)');

const { query } = Client.prototype;
Client.prototype.query = function (statement, ...rest) {
  let sent = statement;
  if (typeof statement === 'string') sent = strip(statement);
  else if (typeof statement?.text === 'string' && typeof statement.submit !== 'function')
    sent = { ...statement, text: strip(statement.text) };
  return query.call(this, sent, ...rest);
};
