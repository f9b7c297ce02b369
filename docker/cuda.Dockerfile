# Reads dispatches on an NVIDIA GPU. From the repository root:
#   docker build -f docker/cuda.Dockerfile -t dateline-cuda .
#   docker run --rm --gpus all -v "$PWD:/data" dateline-cuda extract /data/bundle /data/archive.jsonl.gz \
#     --device cuda --out /data/read.jsonl
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY labels labels
COPY infer infer
COPY train train
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04
ENV VIRTUAL_ENV=/opt/dateline PATH=/opt/dateline/bin:$PATH
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /opt/dateline
COPY --from=build /wheels /wheels
COPY constraints.txt /wheels/
# both packages of onnxruntime fill the same folder, so the one for CPUs must be gone before the other comes
RUN pip install --no-cache-dir --constraint /wheels/constraints.txt "$(echo /wheels/dateline-*.whl)[archive]" \
    && pip uninstall --yes onnxruntime \
    && pip install --no-cache-dir "onnxruntime-gpu>=1.31.1" \
    && rm -r /wheels \
    && useradd --create-home --uid 10001 reader
USER 10001
WORKDIR /data
ENTRYPOINT ["dateline"]
CMD ["--help"]
