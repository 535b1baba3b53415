/** The own account as the server tells it, and the bytes that passkeys and JSON speak of alike. */

export interface KeyQuestion {
  readonly handle: string;
  readonly options: KeyOptions;
}

/** What a browser is asked to ask a key, or to make one with: bytes are base64 as addresses take it. */
export interface KeyOptions {
  readonly challenge: string;
  readonly timeout?: number;
  readonly rpId?: string;
  readonly rp?: { readonly id: string; readonly name: string };
  readonly user?: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams?: readonly { readonly type: "public-key"; readonly alg: number }[];
  readonly excludeCredentials?: readonly { readonly id: string; readonly type: "public-key" }[];
}

export interface KeyAnswer {
  readonly handle: string;
  readonly credential: unknown;
}

/** Who signs in, by a password with its code or by a passkey. */
export interface Credentials {
  readonly login?: string;
  readonly password?: string;
  readonly code?: string;
  readonly passkey?: KeyAnswer;
}

export interface OwnKey {
  readonly key_id: string;
  readonly label: string;
  readonly made_at: string;
  readonly rp_id: string;
}

export interface OwnSession {
  readonly session_id: string;
  readonly since: string;
  readonly used: string;
  readonly factors: readonly string[];
  readonly agent: string;
  readonly own: boolean;
}

export interface OwnAccount {
  readonly login: string;
  readonly role: string;
  readonly organisation: string;
  readonly until: string | null;
  readonly area_ids: readonly string[];
  readonly approving: "passkey" | "totp" | "password";
  readonly approves: boolean;
  readonly strong: boolean;
  readonly may_enrol: boolean;
  readonly factors: readonly string[];
  readonly passkeys: readonly OwnKey[];
  readonly has_code_maker: boolean;
  readonly recovery_left: number;
  readonly may_recover: boolean;
  readonly sessions: readonly OwnSession[];
}

export interface DelegableAct {
  readonly act: string;
  readonly text: string;
}

/** Acts of somebody's role in a colleague's hands until a day, and whether that stands. */
export interface Delegation {
  readonly delegation_id: string;
  readonly side: "giver" | "taker" | "other";
  readonly giver: string;
  readonly taker: string;
  readonly role: string;
  readonly acts: readonly DelegableAct[];
  readonly area_ids: readonly string[];
  readonly until: string;
  readonly state: string;
  readonly stands: boolean;
  readonly may_end: boolean;
}

export interface Delegations {
  readonly delegations: readonly Delegation[];
  readonly acts: readonly DelegableAct[];
  readonly colleagues: readonly string[];
  readonly area_ids: readonly string[];
  readonly most_days: number;
  readonly strong: boolean;
}

/** By which delegation somebody acts now, for whom, and in which role. */
export interface Acting {
  readonly id: string;
  readonly giver: string;
  readonly role: string;
}

export interface CodeMaker {
  readonly handle: string;
  readonly secret: string;
  readonly uri: string;
  readonly picture: string;
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Whether a host can have passkeys: browsers give them to names under TLS, and to this machine's own. */
export function givesKeys(protocol: string, hostname: string): boolean {
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.includes(":");
  return !isAddress && (protocol === "https:" || hostname === "localhost");
}

/** A browser's own name for itself, as short as tells two of them apart. */
export function programOf(agent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\/(\d+)/.exec(agent.includes("Edg/") ? agent.slice(agent.indexOf("Edg/")) : agent);
  const system = /(Windows|Android|iPhone|iPad|Mac OS|Linux)/.exec(agent);
  return [browser ? `${browser[1]} ${browser[2]}` : null, system?.[1]].filter(Boolean).join(" · ") || agent.slice(0, 40) || "–";
}
