#!/bin/bash
# Builds the Kubernetes programs of the embedded cluster from Debian's own source package (no registry, no download of
# binaries) and prints the folder that holds them. About 8 minutes on two cores; nothing on the second call.
source "$(dirname "$0")/cache.sh"
source "$(dirname "$0")/apt.sh"

PATCH="$IMAGE_SCRIPTS/kubelet_pod_deletion.patch"
PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl)

build() {
  local target=$1 work
  work="$HOLDFAST_CACHE/kubernetes-source"
  mkdir -p "$work"
  if [ ! -e "$work/unpacked" ]; then
    private_apt "$work/apt" bookworm
    rm -rf "$work/go" "$work"/kubernetes-*
    (cd "$work" && APT_CONFIG="$work/apt/apt.conf" apt-get source kubernetes)
    mkdir -p "$work/go/src/k8s.io"
    mv "$work"/kubernetes-*/ "$work/go/src/k8s.io/kubernetes"
    patch --directory "$work/go/src/k8s.io/kubernetes" --strip 1 <"$PATCH"
    touch "$work/unpacked"
  fi
  cat >"$work/version" <<EOF
KUBE_GIT_COMMIT='debian'
KUBE_GIT_TREE_STATE='clean'
KUBE_GIT_VERSION='v1.20.2'
KUBE_GIT_MAJOR='1'
KUBE_GIT_MINOR='20'
EOF
  # The source's own makefile generates code before it compiles; `go build` alone does not. The build cache stays in
  # the work folder, so an interrupted build resumes where it stopped.
  (
    cd "$work/go/src/k8s.io/kubernetes"
    export GOPATH="$work/go" GO111MODULE=off GOCACHE="$work/gocache" KUBE_BUILD_PLATFORMS=linux/amd64
    export KUBE_GIT_VERSION_FILE="$work/version" CGO_ENABLED=0 GOFLAGS=
    make "${PROGRAMS[@]}" CGO_ENABLED=0
    cp "${PROGRAMS[@]/#/_output/bin/}" "$target/"
  )
  rm -rf "$work"
}

cached kubernetes "$(content_key "$0" "$PATCH")" build
