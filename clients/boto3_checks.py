"""The checks of boto3.mjs, in its order. Run with a number; an exception fails the check."""

import hashlib
import os
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, BUCKET, FOLDER = (os.environ[name] for name in ("ENDPOINT", "BUCKET", "FOLDER"))


def client(region="us-east-1", **config):
    return boto3.client("s3", endpoint_url=ENDPOINT, region_name=region, config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, **config))


def bucket(name, region="us-east-1"):
    s3 = client(region)
    location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=f"{BUCKET}-{name}", **location)
    return s3, f"{BUCKET}-{name}"


def refused(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError("Expected a refusal")


def transfer():
    s3, name = bucket("transfer")
    path = os.path.join(FOLDER, "large.bin")
    with open(path, "wb") as file:
        for n in range(60):
            file.write(hashlib.sha256(str(n).encode()).digest() * (1024 * 1024 // 32))
    s3.upload_file(path, name, "large.bin")
    s3.download_file(name, "large.bin", path + ".back")
    assert open(path, "rb").read() == open(path + ".back", "rb").read()


def keys():
    s3, name = bucket("keys")
    wanted = sorted(["a b", "a+b", "a%2Fb", "ä/ö", "\U0001f600", "\uffee", "line\nbreak", "<&>'\"", "../..", "a//b", "?#", "~"], key=lambda key: key.encode())
    for key in wanted:
        s3.put_object(Bucket=name, Key=key, Body=key.encode())
    listed = [entry["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name, PaginationConfig={"PageSize": 5}) for entry in page["Contents"]]
    assert listed == wanted, listed
    for key in wanted:
        assert s3.get_object(Bucket=name, Key=key)["Body"].read() == key.encode()


def conditions():
    s3, name = bucket("conditions")
    etag = s3.put_object(Bucket=name, Key="k", Body=b"one", IfNoneMatch="*")["ETag"]
    assert refused(s3.put_object, Bucket=name, Key="k", Body=b"two", IfNoneMatch="*") == "PreconditionFailed"
    assert refused(s3.put_object, Bucket=name, Key="k", Body=b"two", IfMatch='"0"') == "PreconditionFailed"
    s3.put_object(Bucket=name, Key="k", Body=b"two", IfMatch=etag)
    assert refused(s3.get_object, Bucket=name, Key="k", IfMatch=etag) == "PreconditionFailed"
    assert refused(s3.get_object, Bucket=name, Key="k", Range="bytes=10-") == "InvalidRange"
    assert s3.get_object(Bucket=name, Key="k", Range="bytes=-1")["Body"].read() == b"o"


def checksums():
    s3, name = bucket("checksums")
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        answer = s3.put_object(Bucket=name, Key=algorithm, Body=b"hello", ChecksumAlgorithm=algorithm)
        head = s3.head_object(Bucket=name, Key=algorithm, ChecksumMode="ENABLED")
        assert answer[f"Checksum{algorithm}"] == head[f"Checksum{algorithm}"]
    assert refused(s3.put_object, Bucket=name, Key="k", Body=b"hello", ChecksumSHA256="A" * 43 + "=") in ("BadDigest", "InvalidRequest")


def versions():
    s3, name = bucket("versions")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=name, Key="k", Body=b"one")["VersionId"]
    s3.put_object(Bucket=name, Key="k", Body=b"two")
    marker = s3.delete_object(Bucket=name, Key="k")
    assert marker["DeleteMarker"] and refused(s3.get_object, Bucket=name, Key="k") == "NoSuchKey"
    assert s3.get_object(Bucket=name, Key="k", VersionId=first)["Body"].read() == b"one"
    s3.delete_object(Bucket=name, Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"two"


def delete_many():
    s3, name = bucket("delete")
    for n in range(20):
        s3.put_object(Bucket=name, Key=str(n), Body=b"")
    denied = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::%s/7"}]}' % name
    s3.put_bucket_policy(Bucket=name, Policy=denied)
    answer = s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": str(n)} for n in range(20)]})
    assert len(answer["Deleted"]) == 19 and answer["Errors"][0]["Code"] == "AccessDenied", answer


def presigned():
    s3, name = bucket("presigned")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": name, "Key": "k"})
    urllib.request.urlopen(urllib.request.Request(url, data=b"signed", method="PUT"))
    url = s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "k", "ResponseContentType": "text/x"})
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"signed" and answer.headers["content-type"] == "text/x"


def regions():
    s3, name = bucket("regions", "eu-west-1")
    s3.put_object(Bucket=name, Key="k", Body=b"here")
    assert client("us-east-1").get_object(Bucket=name, Key="k")["Body"].read() == b"here"


def kms():
    service = boto3.client("kms", endpoint_url=ENDPOINT, region_name="us-east-1")
    key = service.create_key()["KeyMetadata"]["Arn"]
    blob = service.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext={"a": "b"})["CiphertextBlob"]
    assert service.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"})["Plaintext"] == b"secret"
    assert refused(service.decrypt, CiphertextBlob=blob) == "InvalidCiphertextException"
    data = service.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert len(data["Plaintext"]) == 32
    principal = boto3.client("sts", endpoint_url=ENDPOINT, region_name="us-east-1").get_caller_identity()["Arn"]
    service.create_grant(KeyId=key, GranteePrincipal=principal, Operations=["Decrypt"])
    assert len(service.list_grants(KeyId=key)["Grants"]) == 1
    s3, name = bucket("kms")
    s3.put_object(Bucket=name, Key="k", Body=b"one", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    read = s3.get_object(Bucket=name, Key="k")
    assert read["SSEKMSKeyId"] == key and read["Body"].read() == b"one"
    service.disable_key(KeyId=key)
    assert refused(s3.get_object, Bucket=name, Key="k") == "KMS.DisabledException"


[transfer, keys, conditions, checksums, versions, delete_many, presigned, regions, kms][int(sys.argv[1])]()
