export { BackupBucket, type BackupBucketProps } from "./backup-bucket";
export { type ApplicationBucketProps, Bucket, type BucketVariables } from "./bucket";
export type { CloudInitPart } from "./cloud-init-parts";
export type { CloudServer } from "./clouds/cloud";
export type { GithubSecretValue } from "./github/github-vault";
export { GithubDeployWiring } from "./github-deploy-wiring";
export type {
  GithubCdktfEnvironment,
  GithubDeployWiringProps,
  GithubInfrastructureProps,
  GithubReleaseKey,
  GithubSecretNames,
} from "./github-deploy-wiring-props";
export type { BackupContact, BackupLimits, BackupRetention } from "./model/backup";
export { BackupStore, type ExistingStoreProps, type S3StoreProps } from "./model/backup-store";
export { BucketKey, type GivenKeyProps } from "./model/bucket-key";
export { Allow, type ComposeAllowance, ComposeApp, type ComposeAppProps, type ComposeMigration } from "./model/compose";
export { DataVolume, type DataVolumeProps, type ExistingDataVolumeProps } from "./model/data-volume";
export { Domain } from "./model/domain";
export { Drill, type Weekday } from "./model/drill";
export { Duration } from "./model/duration";
export type { GithubProtection } from "./model/github-protection";
export { type MailNoticeProps, Notice } from "./model/notice";
export { Registry, type RegistryLogin } from "./model/registry";
export {
  type HetznerStateProps,
  RemoteState,
  type S3StateProps,
  type SpacesStateProps,
  type StateProps,
  stateCredentials,
} from "./model/remote-state";
export { SealedSecret, type SealedSecretProps } from "./model/sealed-secret";
export { type GeneratedSecretProps, type GivenSecretProps, Secret } from "./model/secret";
export { BasicAuth, type BasicAuthProps, Site, type SitePath, type SiteProps } from "./model/site";
export { Size } from "./model/size";
export { SshKey } from "./model/ssh-key";
export { SecretsBundle, type SecretsBundleProps } from "./secrets-bundle";
export { SingleHost } from "./single-host";
export type { SingleHostProps } from "./single-host-props";
export { SingleHostStack, type SingleHostStackProps } from "./single-host-stack";
export { StateBackend } from "./state-backend";
export { Workflows } from "./workflows/workflows";
export type {
  WorkflowFilesProps,
  WorkflowImageProps,
  WorkflowPullRequestProps,
  WorkflowsInfrastructureProps,
  WorkflowsProps,
  WorkflowTestProps,
} from "./workflows/workflows-props";
