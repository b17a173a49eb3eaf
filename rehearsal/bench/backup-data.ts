import type { Login } from "../login";

const ROW_BYTES = 512;
const FILE_MEBIBYTES = 5;
const PERCENT = 0.01;

/** Rows of a table of Chitram's database, and files in the volume of its MinIO. */
export class BackupData {
  private readonly rows: number;
  private readonly files: number;
  private day = 0;

  constructor(
    private readonly login: Login,
    mebibytes: number,
  ) {
    this.rows = Math.round((mebibytes * 1024 ** 2) / 2 / ROW_BYTES);
    this.files = Math.max(1, Math.round(mebibytes / 2 / FILE_MEBIBYTES));
  }

  async make(): Promise<void> {
    // half of a row compresses, as text does
    await this.sql(
      `CREATE TABLE bench (id integer PRIMARY KEY, changed integer NOT NULL DEFAULT 0, content text NOT NULL);
       INSERT INTO bench (id, content) SELECT id, ${this.content} FROM generate_series(1, ${this.rows}) AS id;`,
    );
    await this.write(1, this.files);
  }

  /** What a day brings to an application whose users look at what is new. */
  async changeNewest(): Promise<void> {
    const since = Math.ceil(this.rows * (1 - PERCENT));
    await this.sql(`UPDATE bench SET changed = ${++this.day}, content = ${this.content} WHERE id > ${since};`);
    await this.write(this.files - this.changedFiles + 1, this.files);
  }

  /** The worst for deduplication: every hundredth row, so that no long stretch stays as it was. */
  async changeSpread(): Promise<void> {
    const every = Math.round(1 / PERCENT);
    await this.sql(`UPDATE bench SET changed = ${++this.day}, content = ${this.content} WHERE id % ${every} = 0;`);
    await this.write(1, this.changedFiles);
  }

  async sizes(): Promise<{ databaseBytes: number; fileBytes: number }> {
    const databaseBytes = Number(await this.sql("SELECT pg_database_size('chitram');"));
    const fileBytes = Number(await this.login.run(`sudo du -sb ${await this.folder()} | cut -f1`));
    return { databaseBytes, fileBytes };
  }

  /** All rows and files in a word: with one of them lost or another, it is another. */
  async digest(): Promise<string> {
    const rows = await this.sql("SELECT count(*), sum(hashtextextended(content, changed)) FROM bench;");
    const files = await this.login.run(`sudo sh -c 'cd "$1" && sha256sum * | sha256sum' sh ${await this.folder()}`);
    return `${rows.trim()} ${files.trim()}`;
  }

  async lose(): Promise<void> {
    await this.sql("DROP TABLE bench;");
    await this.login.run(`sudo rm -r ${await this.folder()}`);
  }

  private get changedFiles(): number {
    return Math.max(1, Math.round(this.files * PERCENT));
  }

  private get content(): string {
    return "(SELECT string_agg(md5(random()::text || id || part), '') FROM generate_series(1, 14) AS part)";
  }

  private async write(first: number, last: number): Promise<void> {
    const folder = await this.folder();
    await this.login.run(
      `sudo sh -c 'mkdir -p "$1" && for n in $(seq $2 $3); do head -c ${FILE_MEBIBYTES}M /dev/urandom > "$1/$n"; done' sh ${folder} ${first} ${last}`,
    );
  }

  private async folder(): Promise<string> {
    const named = "$(sudo docker volume ls -qf label=com.docker.compose.volume=minio-data)";
    const volume = await this.login.run(`sudo docker volume inspect -f '{{.Mountpoint}}' "${named}"`);
    return `${volume.trim()}/bench`;
  }

  private async sql(text: string): Promise<string> {
    return this.login.run(
      `sudo docker exec -i "$(sudo docker ps -qf label=com.docker.compose.service=postgres)" psql -qXAt -v ON_ERROR_STOP=1 -U chitram chitram`,
      text,
    );
  }
}
