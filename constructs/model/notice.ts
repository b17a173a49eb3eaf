import { type Faults, joinPath } from "./faults";
import { isMailAddress } from "./mail-address";
import { type Secret, validateNamelessSecret } from "./secret";

export interface MailNoticeProps {
  /** Whom it goes to. */
  readonly to: readonly string[];
  /** Who it says it is from: an address that the mail server lets this user send as. */
  readonly from: string;
  /**
   * The mail server and its port: `smtp.example:587`. Clouds close ports of mail, Hetzner 25 and 465, DigitalOcean 587 too;
   * many mail services listen at 2525 as well.
   */
  readonly server: string;
  /** Who logs in there. */
  readonly user: string;
  /** The user's password: `Secret.given({ variable: "MAIL_PASSWORD" })`. */
  readonly password: Secret;
}

type NoticeKind = "slack" | "discord" | "ntfy" | "webhook" | "mail" | "heartbeat";

/**
 * Who is told how backups, drills and checks of them end. An address that anybody could post to is a secret:
 * `Notice.slack(Secret.given({ variable: "SLACK_WEBHOOK" }))`.
 */
export class Notice {
  /** A failure, to an incoming webhook of Slack: `https://hooks.slack.com/services/...`. */
  static slack(url: Secret): Notice {
    return new Notice("slack", url, null);
  }

  /** A failure, to a webhook of a channel in Discord: `https://discord.com/api/webhooks/...`. */
  static discord(url: Secret): Notice {
    return new Notice("discord", url, null);
  }

  /** A failure, to a topic of ntfy: `https://ntfy.sh/a-topic-that-nobody-guesses`. */
  static ntfy(url: Secret): Notice {
    return new Notice("ntfy", url, null);
  }

  /** A failure, to any address that takes JSON by POST. */
  static webhook(url: Secret): Notice {
    return new Notice("webhook", url, null);
  }

  /** A failure, by mail. */
  static mail(props: MailNoticeProps): Notice {
    const { password, ...mail } = props;
    return new Notice("mail", password, mail);
  }

  /**
   * A success, to an address that raises the alarm when it has not been asked for too long, so that silence is noticed too:
   * https://healthchecks.io, Uptime Kuma, Dead Man's Snitch, Better Stack.
   */
  static heartbeat(url: Secret): Notice {
    return new Notice("heartbeat", url, null);
  }

  private constructor(
    readonly kind: NoticeKind,
    /** The address to post to; of mail, the password. */
    readonly secret: Secret,
    readonly mail: Omit<MailNoticeProps, "password"> | null,
  ) {}

  validate(faults: Faults, path: string): void {
    validateNamelessSecret(
      path,
      this.secret,
      this.kind === "mail" ? "MAIL_PASSWORD" : `${this.kind.toUpperCase()}_URL`,
      faults,
    );
    if (this.mail !== null) validateMail(faults, path, this.mail);
  }
}

function validateMail(faults: Faults, path: string, mail: Omit<MailNoticeProps, "password">): void {
  if (mail.to.length === 0) faults.add(joinPath(path, "to"), "is empty: nobody would get it", "name an address");
  const addresses = [...mail.to.map((address) => ["to", address] as const), ["from", mail.from] as const];
  for (const [name, address] of addresses) {
    if (isMailAddress(address)) continue;
    faults.add(joinPath(path, name), `must be an address for mail, got ${JSON.stringify(address)}`);
  }
  if (!/^[A-Za-z0-9.-]+:[1-9]\d{0,4}$/.test(mail.server)) {
    const problem = `must be a server and its port, got ${JSON.stringify(mail.server)}`;
    faults.add(joinPath(path, "server"), problem, 'write it as "smtp.example:587"');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end a line of the mail's protocol
  if (!/^[^\u0000-\u001f]+$/.test(mail.user)) {
    faults.add(joinPath(path, "user"), `must be a name in one line, got ${JSON.stringify(mail.user)}`);
  }
}
