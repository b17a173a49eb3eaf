// generated from ../../schema/minio.json by `npm run bindings`
export * as dataMinioIamPolicyDocument from "./data-minio-iam-policy-document";
export * as dataMinioS3Bucket from "./data-minio-s3-bucket";
export * as dataMinioS3Object from "./data-minio-s3-object";
export * as ilmPolicy from "./ilm-policy";
export * as provider from "./provider";
export * as s3Bucket from "./s3-bucket";
export * as s3BucketAnonymousAccess from "./s3-bucket-anonymous-access";
export * as s3BucketCors from "./s3-bucket-cors";
export * as s3BucketLifecycle from "./s3-bucket-lifecycle";
export * as s3BucketObjectLockConfiguration from "./s3-bucket-object-lock-configuration";
export * as s3BucketPolicy from "./s3-bucket-policy";
export * as s3BucketVersioning from "./s3-bucket-versioning";
export * as s3Object from "./s3-object";
