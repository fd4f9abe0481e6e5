"""Reads labs as JSON lines {files, values}, and prints for each what is wrong with its YAML, its templates, its Markdown and its pictures.

Ansible's own templating is asked for every text that carries a mark: it has to come out as it went into the lab.
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from markdown_it import MarkdownIt

LOADER = DataLoader()
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
MARK = re.compile(r"zq\d+zq")


def leaves(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(key)
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)


def squeezed(text):
    """Blanks and what no reader sees aside; two backticks make code of what is between them."""
    return re.sub(r"[`\s\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffd]+", "", text)


def in_yaml(path, content, values, wrong):
    try:
        documents = list(yaml.load_all(content, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        wrong.append(f"{path} is no YAML: {str(error)[:300]}")
        return 0
    seen = []
    for leaf in leaves(documents):
        marks = set(MARK.findall(leaf))
        if not marks:
            continue
        try:
            out = str(Templar(LOADER, variables={"item": ""}).template(leaf, fail_on_undefined=True))
        except AnsibleError as error:
            wrong.append(f"{path}: Ansible cannot fill {leaf[:200]!r}: {str(error)[:200]}")
            continue
        for mark in marks:
            seen.append(mark)
            if values[mark] not in out:
                wrong.append(f"{path}: {values[mark]!r} became {out[:300]!r}")
    for mark in set(MARK.findall(re.sub(r"(?m)^\s*#.*$", "", content))) - set(seen):
        wrong.append(f"{path}: {values[mark]!r} is in no text")
    return len(seen)


def in_markdown(path, content, values, wrong):
    texts = []

    def visit(tokens):
        for token in tokens:
            if token.type in ("html_block", "html_inline") and not re.fullmatch(r"\s*<(!-- .*|/?details|/?summary|br)\s*/?>?.*", token.content, re.S):
                wrong.append(f"{path}: HTML: {token.content[:200]!r}")
            if token.type in ("link_open", "image") and re.search(r"javascript:|zq\d+zq", str(token.attrs)):
                wrong.append(f"{path}: a link: {token.attrs}")
            if token.type in ("text", "code_inline", "code_block", "fence"):
                texts.append(token.content)
            if token.children:
                visit(token.children)
            if token.type in ("inline", "fence", "code_block"):
                texts.append("\n")

    visit(MARKDOWN.parse(content))
    whole = squeezed("".join(texts))
    seen = 0
    for mark in set(MARK.findall(content)):
        seen += 1
        if squeezed(values[mark]) not in whole:
            where = whole.find(mark)
            wrong.append(f"{path}: {values[mark]!r} is shown as {whole[max(0, where - 60):where + 80]!r}")
    return seen


SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {SVG + name for name in ("svg", "title", "desc", "style", "g", "rect", "path", "circle", "text", "tspan")}


def in_svg(path, content, values, wrong):
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        wrong.append(f"{path} is no XML: {error}")
        return 0
    for element in root.iter():
        if element.tag not in DRAWN:
            wrong.append(f"{path}: an element {element.tag!r}")
        for name in element.attrib:
            if name.lower().startswith("on") or "href" in name.lower():
                wrong.append(f"{path}: an attribute {name!r}")
    style = "".join(root.find(SVG + "style").itertext())
    if MARK.search(style) or "url(" in style:
        wrong.append(f"{path}: the style holds {style[:200]!r}")
    whole = squeezed("".join(root.itertext()))
    seen = 0
    for mark in set(MARK.findall("".join(root.itertext()))):
        seen += 1
        if squeezed(values[mark]) not in whole:
            wrong.append(f"{path}: {values[mark]!r} is not in the picture as it is")
    return seen


for line in sys.stdin:
    lab = json.loads(line)
    wrong = []
    seen = 0
    for path, content in lab["files"].items():
        if path.endswith((".yml", ".yaml")):
            seen += in_yaml(path, content, lab["values"], wrong)
        elif path.endswith(".md"):
            seen += in_markdown(path, content, lab["values"], wrong)
        elif path.endswith(".svg"):
            seen += in_svg(path, content, lab["values"], wrong)
    print(json.dumps({"wrong": wrong, "seen": seen}), flush=True)
