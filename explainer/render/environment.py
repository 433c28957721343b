"""How layouts are compiled, and what the compiled code calls: Jinja's own meaning at less cost.

A page prints a thousand pieces, reads as many fields of records, and calls macros and words a hundred times. Jinja
asks at each of these what else it could be; here the usual case is told apart first, and all others are left to Jinja.
"""

from __future__ import annotations

from keyword import iskeyword
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

import jinja2
import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.runtime import LoopContext, Macro
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableMapping

    from jinja2.compiler import Frame
    from jinja2.runtime import Context

# What `escape` does to a text before it makes an object of it, which costs more.
_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", None) or (lambda text: str(escape(text)))
_RECORDS = (tuple, LoopContext)
# What templates are given to call is of these, and takes no context.
_PLAIN = frozenset({FunctionType, BuiltinFunctionType, MethodType, type})
_STOPPED = "value was undefined because a callable raised a StopIteration exception"  # as Jinja says it
# What compiled code calls by a short name. Names of templates begin with `l_` there.
_USES = """\
escaped = environment.escaped
called = environment.called
printed = environment.printed
words = environment.words
own_t = environment.globals.get('t')
Macro = environment.macro
Markup = environment.markup"""


# --- What compiled code calls -------------------------------------------------------------------


def escaped(value: Any) -> str:
    """What a layout prints, as text for HTML: as `markupsafe.escape`, without an object for each piece."""
    kind = type(value)
    if kind is str:
        return _escaped(value)
    if kind is Markup:
        text: str = value
        return text
    return str(value) if kind is int else escape(value)


def escaped_text(text: str) -> Markup:
    """A plain text as text for HTML: as `escape`."""
    return str.__new__(Markup, _escaped(text))


def markup(text: str) -> Markup:
    """A text for HTML that was put together of such: as `Markup`, without asking what it is."""
    return str.__new__(Markup, text)


class LayoutMacro(Macro):
    """A macro: `function` may be called at once with `count` arguments, where that isn't -1."""

    def __init__(
        self,
        environment: jinja2.Environment,
        func: Callable[..., str],
        name: str,
        arguments: list[str],
        catch_kwargs: bool,  # noqa: FBT001
        catch_varargs: bool,  # noqa: FBT001
        caller: bool,  # noqa: FBT001
        default_autoescape: bool | None = None,  # noqa: FBT001
    ) -> None:
        super().__init__(environment, func, name, arguments, catch_kwargs, catch_varargs, caller, default_autoescape)
        self.function = func
        self.count = -1 if catch_kwargs or catch_varargs or caller else len(arguments)


def called(context: Context, what: Any, /, *args: Any, **parameters: Any) -> Any:
    """What a call in a layout gives: as Jinja's `Context.call`."""
    kind = type(what)
    if kind is LayoutMacro and len(args) == what.count and not parameters:
        text = what.function(*args)
        return markup(text) if context.eval_ctx.autoescape else text
    if kind in _PLAIN:
        try:
            return what(*args, **parameters)
        except StopIteration:
            return context.environment.undefined(_STOPPED)
    return context.call(what, *args, **parameters)


def printed(context: Context, what: Any, /, *args: Any, **parameters: Any) -> str:
    """The same, as text for HTML."""
    if type(what) is LayoutMacro and len(args) == what.count and not parameters and context.eval_ctx.autoescape:
        text: str = what.function(*args)
        return text
    return escaped(called(context, what, *args, **parameters))


class DirectMacros:
    """The macros of a template, those that take as many arguments as they are given as plain functions."""

    def __init__(self, module: Any, counts: Mapping[str, int]) -> None:
        self._module = module
        for name, count in counts.items():
            macro = getattr(module, name, None)
            if isinstance(macro, LayoutMacro) and macro.count == count:
                setattr(self, name, macro.function)

    def __getattr__(self, name: str) -> Any:
        """A macro that takes something else, or isn't there."""
        return getattr(self._module, name)


class _Fields(dict[str, set[type]]):
    """By name, the kinds of records (and the `loop` of loops) that are known to have a field or property of that name."""

    def __missing__(self, name: str) -> set[type]:
        return self.setdefault(name, set())

    def note(self, record: Any, name: str) -> None:
        """A record has this field."""
        kind = type(record)
        if name in getattr(kind, "_fields", ()) or isinstance(getattr(kind, name, None), property):
            self[name].add(kind)


class _Words(dict[str, str]):
    """Words without parameters, as text for HTML, by key: looked up with `t` when they are first printed."""

    def __init__(self, globals_: Mapping[str, Any]) -> None:
        super().__init__()
        self._globals = globals_

    def __missing__(self, key: str) -> str:
        self[key] = text = escaped(self._globals["t"](key))
        return text


# --- The environment ----------------------------------------------------------------------------


class LayoutEnvironment(jinja2.Environment):
    """An environment whose layouts are compiled by `Generator`.

    All that templates may call, `t` above all, has to be among its globals before the first of them is loaded; none
    of it may ask for Jinja's context. `escaping` are the filters whose results are always text for HTML.
    """

    escaped = staticmethod(escaped)
    called = staticmethod(called)
    printed = staticmethod(printed)
    macro = LayoutMacro
    markup = staticmethod(markup)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.code_generator_class = Generator
        self.fields = _Fields()
        self.words = _Words(self.globals)
        self.escaping = {"e", "escape"}
        self._loaded: dict[str, jinja2.Template] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a record, or what Jinja finds; records are known from then on."""
        if isinstance(obj, _RECORDS):
            self.fields.note(obj, attribute)
        return super().getattr(obj, attribute)

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> jinja2.Template:
        """A template, loaded once."""
        if globals is not None or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        if name not in self._loaded:
            self._loaded[name] = super().get_template(name, parent)
        return self._loaded[name]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: those of all, unless it has its own."""
        return super().make_globals(d) if d else self.globals


class Generator(CodeGenerator):
    """Compiles a layout. Every method says what Jinja's says, the usual case of it first."""

    environment: LayoutEnvironment

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._fields: set[str] = set()
        self._buffers = True
        self._to_print: nodes.Node | None = None

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """A whole layout, and at its end the names that its functions use."""
        # What is included without context is yielded even by a function that gathers its pieces.
        self._buffers = all(include.with_context for include in node.find_all(nodes.Include))
        super().visit_Template(node, frame)
        for line in _USES.split("\n"):
            self.writeline(line)
        for name in sorted(self._fields):
            self.writeline(f"f_{name} = environment.fields[{name!r}]")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """The body of a function, which gathers its pieces: blocks lie in blocks, and each hands on each piece."""
        if frame.buffer is not None or not self._buffers:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    # --- What is printed ---

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        elif isinstance(node, nodes.Call):
            self._to_print = node
            self.write("(")
        elif isinstance(node, nodes.Filter) and node.name in self.environment.escaping:
            self.write("(")
        else:
            self.write("escaped(")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        """A call; of `t`, unless a template has given the name to something else, at once."""
        to_print = node is self._to_print
        if forward_caller:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("(")
        if _is_words(node):
            self._words(node, frame, to_print=to_print)
            self.write(f" if {frame.symbols.ref('t')} is own_t else ")
        self.write("printed(context, " if to_print else "called(context, ")
        self.visit(node.node, frame)
        self.signature(node, frame)
        self.write("))")

    def _words(self, node: nodes.Call, frame: Frame, *, to_print: bool) -> None:
        first, *others = node.args
        if (
            to_print
            and isinstance(first, nodes.Const)
            and not (others or node.kwargs or node.dyn_args or node.dyn_kwargs)
        ):
            self.write(f"words[{first.value!r}]")
            return
        self.write("escaped(own_t(" if to_print else "own_t(")
        self.visit(first, frame)
        self.signature(nodes.Call(node.node, others, node.kwargs, node.dyn_args, node.dyn_kwargs), frame)
        self.write("))" if to_print else ")")

    # --- Fields ---

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """A field; of a record that is known to have it, at once. A word of Python's own is no record's field."""
        if iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self._fields.add(node.attr)
        if isinstance(node.node, nodes.Name):
            ref = frame.symbols.ref(node.node.name)
            self.write(f"({ref}.{node.attr} if type({ref}) in f_{node.attr} else environment.getattr(")
            self.visit(node.node, frame)
        else:
            ref = self.temporary_identifier()
            self.write(f"({ref}.{node.attr} if type({ref} := ")
            self.visit(node.node, frame)
            self.write(f") in f_{node.attr} else environment.getattr({ref}")
        self.write(f", {node.attr!r}))")


def _is_words(node: nodes.Call) -> bool:
    """Whether it is `t(…)`; not if there is another inside, for each would be compiled twice for each around it."""
    return _is_t(node) and bool(node.args) and not any(map(_is_t, node.find_all(nodes.Call)))


def _is_t(node: nodes.Call) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "t"
