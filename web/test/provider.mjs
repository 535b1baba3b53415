/** A certified OpenID provider on a free port of this machine, for tests; its address is printed. */

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const CLIENT = { client_id: "rafiqa", client_secret: "a secret for the house", redirect_uris: [process.argv[2]], grant_types: ["authorization_code"], response_types: ["code"], token_endpoint_auth_method: "client_secret_basic" };
let number = 0;
const newKey = () => ({ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid: `k${(number += 1)}`, use: "sig", alg: "RS256" });

let issuer = "";
let handler = () => undefined;
let keys = [newKey()];
let lifetimeS = 300;
const server = createServer((request, response) => handler(request, response));

/** The provider, made anew: with other keys, or tokens that live for another while. */
function open() {
  const provider = new Provider(issuer, {
    clients: [CLIENT],
    jwks: { keys },
    acrValues: ["urn:house:mfa", "urn:house:pwd"],
    claims: { openid: ["sub"], acr: null, amr: null, auth_time: null },
    pkce: { required: () => true },
    ttl: { IdToken: lifetimeS, AuthorizationCode: 60, AccessToken: 60, Grant: 600, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/said/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  });
  const ask = provider.callback();
  // Who signs in, and by what, is told in headers by the test, which plays the user.
  handler = (request, response) => (request.url?.startsWith("/said/") ? void say(provider, request, response) : ask(request, response));
}

async function say(provider, request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const sub = String(request.headers["x-sub"] ?? "");
  if (prompt.name === "login") {
    const acr = request.headers["x-acr"];
    const amr = request.headers["x-amr"]?.split(" ");
    await provider.interactionFinished(request, response, { login: { accountId: sub, acr, amr } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? sub, clientId: String(params.client_id) });
  grant.addOIDCScope("openid");
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

server.listen(0, "127.0.0.1", () => {
  issuer = `http://localhost:${server.address().port}`;
  open();
  console.log(issuer);
});
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [word, value] = line.split(" ");
    if (word === "rotate") keys = [newKey()];
    if (word === "lifetime") lifetimeS = Number(value);
    open();
    console.log(word);
  })
  .on("close", () => process.exit(0));
