/** The vault as the server tells of it: counts and looks, never a name nor a pseudonym. */

export interface VaultLook {
  readonly at: string;
  readonly by: string;
  readonly organisation: string;
  readonly role_text: string;
  readonly reason: string;
  readonly reason_text: string;
}

export interface VaultMany {
  readonly by: string;
  readonly organisation: string;
  readonly looks: number;
  readonly last_at: string;
}

export interface Vault {
  readonly state: "open" | "away" | "none" | "elsewhere";
  readonly detail: string | null;
  readonly kept: number;
  readonly due: number;
  readonly erased: number;
  readonly unsettled: boolean;
  readonly accidents: readonly { readonly accident_id: string; readonly kept: number; readonly erased: number }[];
  readonly looks: readonly VaultLook[];
  readonly n_looks: number;
  readonly many: readonly VaultMany[];
  readonly reasons: Readonly<Record<string, string>>;
  readonly causes: Readonly<Record<string, string>>;
  readonly commands: readonly { readonly act: string; readonly line: string }[];
}
