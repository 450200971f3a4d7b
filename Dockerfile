# For those who use containers. It installs the Debian package that scripts/package.sh makes, so run that first:
#
#   scripts/package.sh
#   docker build -t ganctl .
#   docker run --rm -it -v "$PWD":/work ganctl train --config configs/quickstart.yaml
#
# The image is not built or tested by scripts/test.sh.
FROM debian:12-slim
COPY dist/*.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/*.deb libopenblas0-pthread \
  && rm -rf /var/lib/apt/lists/* /tmp/*.deb
WORKDIR /work
ENTRYPOINT ["ganctl"]
