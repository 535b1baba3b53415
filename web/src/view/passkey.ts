/** The browser's passkeys: ask one, or make one; the server says what is to be signed. */

import type { Api } from "../core/api.ts";
import { bytesOf, type KeyAnswer, type KeyOptions, type KeyQuestion, textOf } from "../core/person.ts";

/** Asks a passkey of this browser. Null where its holder turned it down, or there is none. */
export async function askKey(api: Api): Promise<KeyAnswer | null> {
  const { handle, options } = await api.send<KeyQuestion>("POST", "/api/session/key-question", {});
  const found = await quietly(
    navigator.credentials.get({
      publicKey: { challenge: bytesOf(options.challenge), userVerification: "required", ...timeLimit(options), ...(options.rpId ? { rpId: options.rpId } : {}) },
    }),
  );
  if (!(found instanceof PublicKeyCredential)) return null;
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response as AuthenticatorAssertionResponse;
  const response = {
    clientDataJSON: textOf(clientDataJSON),
    authenticatorData: textOf(authenticatorData),
    signature: textOf(signature),
    userHandle: userHandle && textOf(userHandle),
  };
  return { handle, credential: { ...named(found), response } };
}

/** Makes a new passkey. Null where its holder turned it down. */
export async function makeKey(api: Api): Promise<KeyAnswer | null> {
  const { handle, options } = await api.send<KeyQuestion>("POST", "/api/own-account/passkeys/question", {});
  const { rp, user } = options;
  if (!rp || !user) return null;
  const found = await quietly(
    navigator.credentials.create({
      publicKey: {
        challenge: bytesOf(options.challenge),
        rp: { ...rp },
        user: { ...user, id: bytesOf(user.id) },
        pubKeyCredParams: [...(options.pubKeyCredParams ?? [])],
        excludeCredentials: (options.excludeCredentials ?? []).map(({ id, type }) => ({ type, id: bytesOf(id) })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        ...timeLimit(options),
      },
    }),
  );
  if (!(found instanceof PublicKeyCredential)) return null;
  const { clientDataJSON, attestationObject } = found.response as AuthenticatorAttestationResponse;
  const response = { clientDataJSON: textOf(clientDataJSON), attestationObject: textOf(attestationObject) };
  return { handle, credential: { ...named(found), response } };
}

function timeLimit(options: KeyOptions): { timeout?: number } {
  return options.timeout === undefined ? {} : { timeout: options.timeout };
}

function named(found: PublicKeyCredential): { id: string; rawId: string; type: string; clientExtensionResults: object } {
  return { id: found.id, rawId: textOf(found.rawId), type: found.type, clientExtensionResults: {} };
}

/** What a key gives; null where its holder said no, took too long, or this page may have none. */
async function quietly(asked: Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
