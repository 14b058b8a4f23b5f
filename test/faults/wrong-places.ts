import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { COMPLAINT, makeIdempotencyKey } from './lodgings.js';

/** An error provoked with a word in a place where no word belongs, and all of its answer. */
export interface Provoked {
  readonly where: string;
  readonly status: number;
  readonly answer: string;
}

type Headers = Readonly<Record<string, string>>;

/**
 * Puts a word into every wrong place of a request that can be thought of, and collects the answers. The pages that give
 * somebody back what they typed into a form of ours are not among them. Answers that may hold the word, or are no errors,
 * have their place in brackets.
 */
export async function provoke(publicOrigin: string, staffOrigin: string, word: string): Promise<Provoked[]> {
  const answers: Provoked[] = [];
  const port = Number(new URL(publicOrigin).port);
  const keep = async (where: string, response: Response): Promise<void> => {
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    answers.push({ where, status: response.status, answer: [...headers, await response.text()].join('\n') });
  };
  const ask = async (where: string, origin: string, path: string, init: RequestInit = {}): Promise<void> =>
    keep(where, await fetch(origin + path, { redirect: 'manual', ...init }));
  const post = (where: string, path: string, body: unknown, headers: Headers = {}, origin = publicOrigin) =>
    ask(where, origin, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': makeIdempotencyKey(), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  const submissions = '/api/v1/submissions';
  const statement = { whatHappened: word };
  const whole = { facets: COMPLAINT, statement };
  await post('broken JSON', submissions, `{"statement": "${word}`);
  await post('JSON with something behind it', submissions, `${JSON.stringify(whole)} ${word}`);
  await post('no JSON at all', submissions, word);
  await post('a text', submissions, JSON.stringify(word));
  await post('a list', submissions, [word]);
  for (const [field, value] of Object.entries({
    facets: word,
    statement: word,
    destination: word,
    delivery: word,
    notify: word,
    sealed: { case: word, items: word, epochs: [word], commitment: word },
    grants: [word, { jwe: word }],
    mailbox: { idHash: word, agreement: word, signing: { jwk: { x: word } }, sealedPrivate: word, notify: word },
    unheard_of: word,
  })) {
    await post(`${field} of the wrong kind`, submissions, { ...whole, [field]: value });
  }
  for (const wrong of [[word], { said: word }, `${word}\u0000`, `${word}\ud800`, word.repeat(2_000)]) {
    await post('a statement of the wrong kind', submissions, { ...whole, statement: { whatHappened: wrong } });
  }
  for (const facet of Object.keys(COMPLAINT)) {
    await post(`facet ${facet}`, submissions, { ...whole, facets: { ...COMPLAINT, [facet]: word } });
    await post(`facet ${facet}`, '/api/v1/routing/decisions', { ...COMPLAINT, [facet]: word });
  }
  await post('a stop', submissions, { ...whole, facets: { ...COMPLAINT, classified: 'yes' } });
  await post('a body that is too large', submissions, { ...whole, statement: { whatHappened: word.repeat(20_000) } });
  await post('a short Idempotency-Key', submissions, whole, { 'idempotency-key': word.slice(0, 20) });
  await post('another kind of body', submissions, word, { 'content-type': `text/${word}` });
  await post('Origin', submissions, whole, { origin: `http://${word}.test` });
  // The name of a field that is not known is said back to who sent it, and to nobody else.
  await post('(the name of a field)', submissions, { ...whole, [word]: 1 });
  await ask('(the name of a field of the query)', publicOrigin, `/api/v1/mailbox?${word}=${word}`);
  const key = makeIdempotencyKey();
  const plain = { ...whole, statement: { whatHappened: 'Something.' } };
  await post('(the first of two)', submissions, plain, { 'idempotency-key': key });
  await post('another body under the same key', submissions, whole, { 'idempotency-key': key });

  for (const origin of [publicOrigin, staffOrigin]) {
    await ask('a path', origin, `/${word}`);
    await ask('a path of the API', origin, `/api/v1/${word}`);
    await ask('a path of the staff API', origin, `/staff/api/${word}`);
    await ask('a query', origin, `/api/v1/mailbox?after=${word}`);
    await ask('a path that cannot be read', origin, `/${word}%E0%A4%A`);
    await ask('a parameter', origin, `/questions/${word}`);
    await ask('an asset', origin, `/assets/${word}.js`);
    await ask('headers', origin, '/nowhere', {
      headers: {
        'user-agent': word,
        referer: `http://${word}.test/`,
        cookie: `draft=${word}; mailbox=${word}; csrf=${word}; ${word}=${word}`,
        authorization: `Bearer ${word}`,
        'accept-language': word,
        accept: `${word}/${word}`,
        'x-forwarded-for': word,
        'x-request-id': word,
        [`x-${word}`]: word,
      },
    });
    await ask('a method', origin, submissions, { method: 'PUT', body: word });
    await ask('a form of another site', origin, '/start', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ _csrf: word, danger: word }),
    });
  }
  await post('a receipt', '/api/v1/mailbox/sessions', { receipt: `${word} `.repeat(8) });
  await post('a mailbox', '/api/v1/mailbox/sessions', { mailboxId: word });
  await post('a mailbox of the wrong kind', '/api/v1/mailbox/sessions', { mailboxId: [word], receipt: { word } });
  await post('a message', '/api/v1/mailbox/messages', { id: word, text: word }, { authorization: `Bearer ${word}` });
  await post('a sign-in', '/staff/api/sign-in', { username: word, auth: word, code: word }, {}, staffOrigin);
  await post('a join', '/staff/api/join', { token: word }, {}, staffOrigin);

  const odd = request({ port, path: '/', headers: { host: `${word}.test` } }).end();
  const [response] = (await once(odd, 'response')) as [
    AsyncIterable<Buffer> & { statusCode: number; rawHeaders: string[] },
  ];
  let text = response.rawHeaders.join('\n');
  for await (const chunk of response) text += chunk.toString();
  answers.push({ where: 'Host', status: response.statusCode, answer: text });

  for (const raw of [
    `GET /${word} HTTP/9.9\r\n${word}\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port.toString()}\r\nx-long: ${word.repeat(2_000)}\r\n\r\n`,
    `${word}\r\n\r\n`,
  ]) {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    socket.on('data', (chunk: string) => (answer += chunk)).on('error', () => undefined);
    socket.write(raw);
    await once(socket, 'close');
    answers.push({ where: 'a broken request', status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), answer });
  }
  return answers;
}
