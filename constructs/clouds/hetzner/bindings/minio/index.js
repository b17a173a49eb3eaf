"use strict";
// generated from ../../schema/minio.json by `npm run bindings`
Object.defineProperty(exports, "__esModule", { value: true });
Object.defineProperty(exports, "dataMinioIamPolicyDocument", { enumerable: true, get: () => require("./data-minio-iam-policy-document") });
Object.defineProperty(exports, "dataMinioS3Bucket", { enumerable: true, get: () => require("./data-minio-s3-bucket") });
Object.defineProperty(exports, "dataMinioS3Object", { enumerable: true, get: () => require("./data-minio-s3-object") });
Object.defineProperty(exports, "ilmPolicy", { enumerable: true, get: () => require("./ilm-policy") });
Object.defineProperty(exports, "provider", { enumerable: true, get: () => require("./provider") });
Object.defineProperty(exports, "s3Bucket", { enumerable: true, get: () => require("./s3-bucket") });
Object.defineProperty(exports, "s3BucketAnonymousAccess", { enumerable: true, get: () => require("./s3-bucket-anonymous-access") });
Object.defineProperty(exports, "s3BucketCors", { enumerable: true, get: () => require("./s3-bucket-cors") });
Object.defineProperty(exports, "s3BucketLifecycle", { enumerable: true, get: () => require("./s3-bucket-lifecycle") });
Object.defineProperty(exports, "s3BucketObjectLockConfiguration", { enumerable: true, get: () => require("./s3-bucket-object-lock-configuration") });
Object.defineProperty(exports, "s3BucketPolicy", { enumerable: true, get: () => require("./s3-bucket-policy") });
Object.defineProperty(exports, "s3BucketVersioning", { enumerable: true, get: () => require("./s3-bucket-versioning") });
Object.defineProperty(exports, "s3Object", { enumerable: true, get: () => require("./s3-object") });
