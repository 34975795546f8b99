"""Writes the trained network as an ONNX graph: BERT's encoder, then the mean of the token vectors and its unit vector.

Written node by node instead of traced: the same weights give the same file whatever torch's version, query, key and
value are one multiplication, and every operator is a standard one of opset 17.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from nlu.encoder.training.teacher import Array

OPSET = 17
# The newest that ONNX Runtime 1.19 of Rasa's environment reads is 10; this one came with opset 17.
IR_VERSION = 8
_FAR = -10_000.0  # added to the scores of padding
_EMBEDDINGS = "embeddings."


@dataclass(slots=True)
class Graph:
    """Nodes and constants in the making."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, kind: str, inputs: Sequence[str], name: str, **attributes: object) -> str:
        """Add a node with one output called ``name``; give the name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def split(self, source: str, sizes: str, names: Sequence[str]) -> None:
        """Add a node that splits the last axis into outputs called ``names``."""
        self.nodes.append(helper.make_node("Split", [source, sizes], list(names), name=f"{source}.split", axis=-1))

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """Add a constant; give its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def numbers(self, name: str, *values: int) -> str:
        """Add a constant of whole numbers; give its name."""
        return self.constant(name, np.array(values, dtype=np.int64))


def build(weights: Mapping[str, Array], n_layers: int, n_heads: int, epsilon: float) -> onnx.ModelProto:
    """Build the graph from the weights of Hugging Face's BertModel.

    Inputs are ``input_ids`` and ``attention_mask``, (texts, tokens) int64; outputs ``mean``, (texts, hidden) float32,
    and ``embedding``, the same with rows L2-normalised.
    """
    graph = Graph()
    hidden = weights[f"{_EMBEDDINGS}word_embeddings.weight"].shape[1]
    graph.numbers("heads_apart", 0, 0, n_heads, hidden // n_heads)
    graph.numbers("heads_joined", 0, 0, hidden)
    graph.numbers("thirds", hidden, hidden, hidden)
    for number in range(3):
        graph.numbers(f"number_{number}", number)
    graph.constant("scale", np.float32(1 / sqrt(hidden / n_heads)).reshape(1))
    graph.constant("tiny", np.float32(1e-12).reshape(1))
    graph.constant("half", np.float32(0.5).reshape(1))
    graph.constant("one", np.float32(1).reshape(1))
    graph.constant("root_of_two", np.float32(sqrt(2)).reshape(1))
    states = _embed(graph, weights, epsilon)
    unseen = _unseen(graph)
    for number in range(n_layers):
        states = _layer(graph, weights, f"encoder.layer.{number}.", states, unseen, epsilon)
    _pool(graph, states)
    two = ["texts", "tokens"]
    proto = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info(name, TensorProto.INT64, two) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", hidden]) for name in ("embedding", "mean")],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(proto, opset_imports=opsets, ir_version=IR_VERSION, producer_name="nlu.encoder.training")
    onnx.checker.check_model(model)
    return model


def _embed(graph: Graph, weights: Mapping[str, Array], epsilon: float) -> str:
    """Sum up word, position and type; all our tokens are of type 0."""
    words = graph.constant("words", weights[f"{_EMBEDDINGS}word_embeddings.weight"])
    types = weights[f"{_EMBEDDINGS}token_type_embeddings.weight"]
    places = graph.constant("places", weights[f"{_EMBEDDINGS}position_embeddings.weight"] + types[0])
    graph.add("Shape", ["input_ids"], "n_tokens", start=1, end=2)
    graph.add("Slice", [places, "number_0", "n_tokens"], "used_places")
    graph.add("Gather", [words, "input_ids"], "used_words")
    summed = graph.add("Add", ["used_words", "used_places"], "embedded")
    return _normed(graph, weights, f"{_EMBEDDINGS}LayerNorm", summed, epsilon)


def _unseen(graph: Graph) -> str:
    """Give what is added to attention scores, (texts, 1, 1, tokens): 0 for tokens, far below 0 for padding."""
    graph.numbers("numbers_1_2", 1, 2)
    graph.constant("far", np.float32(_FAR).reshape(1))
    graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["mask", "numbers_1_2"], "mask_of_keys")
    graph.add("Sub", ["one", "mask_of_keys"], "padding")
    return graph.add("Mul", ["padding", "far"], "unseen")


def _layer(graph: Graph, weights: Mapping[str, Array], name: str, states: str, unseen: str, epsilon: float) -> str:
    attended = _attention(graph, weights, name, states, unseen)
    dense = _dense(graph, weights, f"{name}attention.output.dense", attended)
    summed = graph.add("Add", [dense, states], f"{name}attention.sum")
    states = _normed(graph, weights, f"{name}attention.output.LayerNorm", summed, epsilon)
    inner = _gelu(graph, name, _dense_by_rows(graph, weights, f"{name}intermediate.dense", states))
    dense = _dense_by_rows(graph, weights, f"{name}output.dense", inner)
    summed = graph.add("Add", [dense, states], f"{name}output.sum")
    return _normed(graph, weights, f"{name}output.LayerNorm", summed, epsilon)


def _attention(graph: Graph, weights: Mapping[str, Array], name: str, states: str, unseen: str) -> str:
    parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
    matrix = np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
    joined = _product(graph, f"{name}attention.self.all", states, matrix, bias)
    graph.split(joined, "thirds", parts)
    query, key, value = (graph.add("Reshape", [part, "heads_apart"], f"{part}.apart") for part in parts)
    query = graph.add("Transpose", [query], f"{name}query", perm=[0, 2, 1, 3])
    key = graph.add("Transpose", [key], f"{name}key", perm=[0, 2, 3, 1])
    value = graph.add("Transpose", [value], f"{name}value", perm=[0, 2, 1, 3])
    scores = graph.add("MatMul", [query, key], f"{name}scores")
    scaled = graph.add("Mul", [scores, "scale"], f"{name}scaled")
    seen = graph.add("Add", [scaled, unseen], f"{name}seen")
    shares = graph.add("Softmax", [seen], f"{name}shares", axis=-1)
    mixed = graph.add("MatMul", [shares, value], f"{name}mixed")
    back = graph.add("Transpose", [mixed], f"{name}back", perm=[0, 2, 1, 3])
    return graph.add("Reshape", [back, "heads_joined"], f"{name}attended")


def _dense(graph: Graph, weights: Mapping[str, Array], name: str, states: str) -> str:
    return _product(graph, name, states, weights[f"{name}.weight"].T, weights[f"{name}.bias"])


def _dense_by_rows(graph: Graph, weights: Mapping[str, Array], name: str, states: str) -> str:
    """Add a dense layer whose inputs are first brought to one size per token.

    Quantisation gives one scale to all tokens of a batch; a few tokens with large values would leave the others with
    few levels, and make a text's vector depend on its neighbours in the batch.
    """
    sizes = graph.add("Abs", [states], f"{name}.sizes")
    largest = graph.add("ReduceMax", [sizes], f"{name}.largest", axes=[-1], keepdims=1)
    largest = graph.add("Max", [largest, "tiny"], f"{name}.safe_largest")
    even = graph.add("Div", [states, largest], f"{name}.even")
    matrix = graph.constant(f"{name}.matrix", weights[f"{name}.weight"].T)
    product = graph.add("MatMul", [even, matrix], f"{name}.product")
    product = graph.add("Mul", [product, largest], f"{name}.resized")
    return graph.add("Add", [product, graph.constant(f"{name}.bias", weights[f"{name}.bias"])], f"{name}.out")


def _product(graph: Graph, name: str, states: str, matrix: Array, bias: Array) -> str:
    product = graph.add("MatMul", [states, graph.constant(f"{name}.matrix", matrix)], f"{name}.product")
    return graph.add("Add", [product, graph.constant(f"{name}.bias", bias)], f"{name}.out")


def _gelu(graph: Graph, name: str, states: str) -> str:
    """Add the exact form, in the order of operators that ONNX Runtime joins into one."""
    divided = graph.add("Div", [states, "root_of_two"], f"{name}gelu.divided")
    error = graph.add("Erf", [divided], f"{name}gelu.error")
    raised = graph.add("Add", [error, "one"], f"{name}gelu.raised")
    product = graph.add("Mul", [states, raised], f"{name}gelu.product")
    return graph.add("Mul", [product, "half"], f"{name}gelu")


def _normed(graph: Graph, weights: Mapping[str, Array], name: str, states: str, epsilon: float) -> str:
    scale = graph.constant(f"{name}.scale", weights[f"{name}.weight"])
    shift = graph.constant(f"{name}.shift", weights[f"{name}.bias"])
    return graph.add("LayerNormalization", [states, scale, shift], f"{name}.out", axis=-1, epsilon=epsilon)


def _pool(graph: Graph, states: str) -> None:
    graph.add("Unsqueeze", ["mask", "number_2"], "mask_of_states")
    graph.add("Mul", [states, "mask_of_states"], "counted_states")
    graph.add("ReduceSum", ["counted_states", "number_1"], "sums", keepdims=0)
    graph.add("ReduceSum", ["mask", "number_1"], "counts", keepdims=1)
    graph.add("Div", ["sums", "counts"], "mean")
    graph.add("ReduceL2", ["mean"], "length", axes=[1], keepdims=1)
    graph.add("Max", ["length", "tiny"], "safe_length")
    graph.add("Div", ["mean", "safe_length"], "embedding")
