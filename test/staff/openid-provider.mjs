import { createServer } from 'node:http';
import process from 'node:process';
import { Provider } from 'oidc-provider';

/*
 * A real OpenID provider on loopback, in a process of its own. Whoever signs in says who they are in a header, as only a
 * test may: x-account, with the agency after an @, and x-amr. It says its issuer, and is then told where to lead back to.
 */
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  process.send({ issuer: issuer() });
});
process.once('message', ({ redirectUri }) => {
  serve(redirectUri);
  process.send({ serving: true });
});

function issuer() {
  return `http://127.0.0.1:${server.address().port}`;
}

function serve(redirectUri) {
  const provider = new Provider(issuer(), {
    clients: [
      {
        client_id: 'onedoor',
        client_secret: 'a secret that only this test has',
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    claims: { openid: ['sub', 'amr', 'employee', 'agency_id'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['only for a test'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, employee: `employee of ${id}`, agency_id: id.split('@')[1] }),
    }),
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/interaction/')) {
      answer(request, response);
      return;
    }
    const accountId = request.headers['x-account'];
    const amr = (request.headers['x-amr'] ?? 'pwd').split(' ');
    void provider.interactionFinished(request, response, { login: { accountId, amr } });
  });
}
