#!/bin/bash
# Certificates of one cluster, signed by a certificate authority of its own. Idempotent.
#
#     pki.sh authority FOLDER
#     pki.sh issue FOLDER NAME SUBJECT [SUBJECT_ALT_NAMES]     writes FOLDER/NAME.crt and FOLDER/NAME.key
set -eu
verb=$1 folder=$2
shift 2
umask 077
mkdir -p "$folder"
cd "$folder"

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null ||
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

case $verb in
  authority)
    [ -e ca.crt ] && exit 0
    new_key ca.key
    openssl req -x509 -new -key ca.key -days 3650 -subj /CN=holdfast-ca -out ca.crt
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out sa.key 2>/dev/null
    ;;
  issue)
    name=$1 subject=$2 names=${3:-}
    [ -e "$name.crt" ] && exit 0
    new_key "$name.key"
    openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
    {
      echo "keyUsage=digitalSignature,keyEncipherment"
      echo "extendedKeyUsage=clientAuth,serverAuth"
      [ -z "$names" ] || echo "subjectAltName=$names"
    } >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile "$name.ext" \
      -out "$name.crt.new" 2>/dev/null
    mv "$name.crt.new" "$name.crt"
    rm -f "$name.csr" "$name.ext"
    ;;
  *)
    echo "pki.sh: unknown verb '$verb'" >&2
    exit 3
    ;;
esac
