#!/bin/sh
# Makes paper.pdf: everything in derived/ and generated/ comes from relucert, the certificates are replayed, pdflatex sets the rest.
# Needs relucert (with the extra report) on the PATH, and pdflatex with longtable and hyperref (texlive-latex-base).
set -eu
cd "$(dirname "$0")"
mkdir -p derived generated
relucert derive non-overlapping-reduced --to latex --fragment --no-steps -o derived/non-overlapping-reduced.tex
relucert prove 'G(t) >= 0' --for 't in [0, pi]' --plot generated/margin.pdf --quiet
relucert descend non-overlapping-starts --starts 500 --plot generated/steps.pdf --quiet
relucert claims latex --frozen -o generated/claims.tex
relucert claims check --frozen --html generated/claims.html
relucert claims graph --frozen --quiet -o generated/graph.svg
if ! command -v pdflatex >/dev/null; then
    echo "no pdflatex: generated/ is complete, paper.pdf is not made (Debian: apt-get install texlive-latex-base)" >&2
    exit 0
fi
for _ in 1 2 3; do # references and longtable settle in three runs
    pdflatex -interaction=nonstopmode -halt-on-error -output-directory=generated paper.tex >generated/pdflatex.txt 2>&1 || {
        tail -40 generated/pdflatex.txt >&2
        exit 1
    }
done
mv generated/paper.pdf paper.pdf
echo "examples/paper/paper.pdf"
