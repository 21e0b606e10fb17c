"""Bars below each other: a name before each, its value behind it, in groups where there are some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from generator.figures import altair as alt
from generator.figures import frame, parts
from generator.figures.figure import Said, SpokenTable, Table, speak_all
from generator.figures.frame import Scale, Stroke, Word
from generator.figures.text import BOLD, cut, measure
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE
from generator.text.language import Language

ROW: Final = 25
# Part of a row that its bar takes.
BAR: Final = 0.6
# Room between two groups, and for the title of one.
BREAK: Final = 12
TITLE: Final = 26
# What stands beyond a bar.
DX: Final = 6


@dataclass(frozen=True)
class Bar:
    """A bar.

    Attributes:
        key: its value in the column of the names.
        end: stands behind it.
        short: the same where there is little room; none where it is the same.
        name: stands before it; none where the key does.
        strong: whether its name is bold.
    """

    key: Said
    end: Said
    short: Said = ""
    name: Said = ""
    strong: bool = False


@dataclass(frozen=True)
class Group:
    """Bars that belong together.

    Attributes:
        bars: from top to bottom.
        title: above them; none where they need none.
        note: beside the title.
        where: a column and its value, for the rows that belong here; none for all.
    """

    bars: tuple[Bar, ...]
    title: Said = ""
    note: Said = ""
    where: tuple[str, Said] = ("", "")


@dataclass(frozen=True)
class Bars:
    """How a table is drawn as bars.

    Attributes:
        groups: from top to bottom.
        name: the column of the names.
        value: the column of the lengths.
        inks: colours by the values of the column `by`.
        by: the column that gives bars their colours.
        bounds: two columns, between which a thin line runs; none without it.
        open: values of `by` whose bars have a dashed edge: nobody knows what they are.
        heads: words above the two sides of zero; none where there is one side.
    """

    groups: tuple[Group, ...]
    name: str
    value: str
    by: str
    inks: Mapping[Said, str] = field(default_factory=dict)
    bounds: tuple[str, str] = ("", "")
    open: tuple[str, ...] = ()
    heads: tuple[Said, Said] = ("", "")


def draw_bars(table: Table, picture: Bars, width: int, language: Language) -> "alt.LayerChart":
    """Draw a table as bars below each other, in groups that share their scale."""
    spoken = speak_all(table, language)
    chart = _Chart(spoken, speak_all(picture, language), width, language)
    layers = chart.build()
    drawn = frame.build_picture(spoken, chart.rows, layers, width, chart.height, language)
    drawn.resolve = alt.Resolve(scale={"y": "independent"})
    return drawn


class _Chart:
    """Groups of bars, placed in pixels."""

    def __init__(self, table: SpokenTable, picture: Bars, width: int, language: Language) -> None:
        self.table, self.picture, self.width, self.language = table, picture, width, language
        self.rows = table.records()
        self.size = TEXT if width >= WIDE else SMALL_TEXT
        bars = [bar for group in picture.groups for bar in group.bars]
        self.values = [float(self._row(group, bar)[picture.value]) for group in picture.groups for bar in group.bars]
        names = max((measure(bar.name or bar.key, self.size) * (BOLD if bar.strong else 1) for bar in bars), default=0)
        self.signed = bool(picture.heads[0])
        # Long names stand above bars on both sides of zero where there is little room.
        self.lift = 11 if self.signed and width < WIDE else 0
        self.left = 0 if self.lift else min(names + 10, width * 0.4)
        self.row = ROW + self.lift
        self.tops = self._stack_groups()
        self.x = self._choose_signed() if self.signed else self._choose_scale(bars)
        self.height = self.tops[-1] + (20 if self.signed else 2)

    def _row(self, group: Group, bar: Bar) -> Mapping[str, Any]:
        name, value = group.where
        found = (row for row in self.rows if row[self.picture.name] == bar.key and (not name or row[name] == value))
        return next(found)

    def _stack_groups(self) -> list[float]:
        """Return where each group's bars begin, and where the last one ends."""
        tops, top = [], 24.0 if self.signed else 0.0
        for number, group in enumerate(self.picture.groups):
            top += (BREAK if number else 0) + (TITLE if group.title else 0)
            tops.append(top)
            top += self.row * len(group.bars)
        return [*tops, top]

    def _end(self, bar: Bar) -> str:
        return str(bar.short or bar.end if self.width < WIDE else bar.end)

    def _choose_scale(self, bars: Sequence[Bar]) -> Scale:
        """Return the scale on which every bar has room for what stands behind it."""
        upper = [max(self._reach(group, bar), 0.0) for group in self.picture.groups for bar in group.bars]
        largest = max(upper, default=0) or 1.0
        room = self.width - self.left - DX - 2
        rooms = [
            (room - measure(self._end(bar), SMALL_TEXT)) * largest / (reach or largest)
            for bar, reach in zip(bars, upper, strict=True)
        ]
        return Scale((0.0, largest), round(self.left), round(self.left + min(rooms, default=1)))

    def _reach(self, group: Group, bar: Bar) -> float:
        """Return how far a bar and its bounds reach."""
        row, upper = self._row(group, bar), self.picture.bounds[1]
        value = float(row[self.picture.value])
        return max(value, float(row[upper] or 0)) if upper else value

    def _choose_signed(self) -> Scale:
        """Return a scale on both sides of zero, with room for values beyond the longest bars."""
        room = measure(self.language.signed(-0.888), SMALL_TEXT) + 8
        return Scale(parts.choose_ticks(self.values), round(self.left + room), round(self.width - room))

    def build(self) -> list[Any]:
        """Return the layers."""
        layers = [self._group(group, top) for group, top in zip(self.picture.groups, self.tops, strict=False)]
        words = [
            word
            for group, top in zip(self.picture.groups, self.tops, strict=False)
            for word in [*self._title(group, top), *self._name(group, top)]
        ]
        strokes, ticks = self._rule()
        return [*frame.build_strokes(strokes), *layers, *frame.build_words([*words, *ticks])]

    def _group(self, group: Group, top: float) -> "alt.LayerChart":
        """Draw the bars of a group, and their bounds."""
        picture, (name, value) = self.picture, group.where
        base = alt.Chart()
        if name:
            base = base.transform_filter(alt.FieldEqualPredicate(field=name, equal=value))
        keys = [bar.key for bar in group.bars]
        start, end = top + self.lift / 2, top + self.lift / 2 + self.row * len(keys)
        y = alt.Y(f"{picture.name}:N", scale=frame.band(keys, start, end, BAR * ROW / self.row), axis=None)
        base = base.transform_filter(alt.FieldOneOfPredicate(field=picture.name, oneOf=keys))
        x = alt.X(f"{picture.value}:Q", scale=self.x.build(), axis=None)
        bar = base.mark_bar(stroke=frame.paint("muted"), strokeWidth=0.4)
        told = [column for column in self.table.columns if column.name not in {"code", "rank"}]
        layers = [bar.encode(x=x, y=y, **self._paint(), tooltip=frame.build_tips(told))]
        lower, upper = picture.bounds
        if lower:
            x, x2 = alt.X(f"{lower}:Q", scale=self.x.build(), axis=None), alt.X2(f"{upper}:Q")
            known = [code for code in picture.inks if code not in picture.open]
            base = base.transform_filter(alt.FieldOneOfPredicate(field=picture.by, oneOf=known))
            layers.append(base.mark_rule(color=frame.paint("ink"), strokeWidth=1.2).encode(x=x, x2=x2, y=y))
        return alt.LayerChart(layer=layers)

    def _paint(self) -> dict[str, Any]:
        picture = self.picture
        scale = alt.Scale(domain=list(picture.inks), range=[frame.paint(ink) for ink in picture.inks.values()])
        fill = alt.Fill(f"{picture.by}:N", scale=scale, legend=None)
        if not picture.open:
            return {"fill": fill}
        test = alt.FieldOneOfPredicate(field=picture.by, oneOf=list(picture.open))
        return {"fill": fill, "strokeDash": alt.StrokeDashValue(**frame.choose(test, [3, 2], [1, 0]))}

    def _title(self, group: Group, top: float) -> list[Word]:
        if not group.title:
            return []
        y = top - TITLE + 12
        note = [frame.small(measure(group.title, TEXT) + 14, y, group.note)] if group.note else []
        return [Word(0, y, group.title, weight=600), *note]

    def _name(self, group: Group, top: float) -> list[Word]:
        """Write the names, and the values behind the bars; left of those that run to the left."""
        words = []
        for number, bar in enumerate(group.bars):
            y = top + self.row * (number + 0.5) + self.lift / 2
            text = cut(bar.name or bar.key, self.size, self.width - 8 if self.lift else self.left - 8)
            weight = 600 if bar.strong else 400
            at, align = (0, "left") if self.signed else (self.left - 7, "right")
            words.append(Word(at, y - 1.4 * self.lift, text, align=align, size=self.size, weight=weight))
            reach = self._reach(group, bar)
            x, align = self.x.place(reach), "right" if reach < 0 else "left"
            shift = -DX if reach < 0 else DX
            words.append(Word(x + shift, y, self._end(bar), align=align, size=SMALL_TEXT))
        return words

    def _list_spans(self) -> list[tuple[float, float]]:
        """List where the grid runs: all the way down, or beside the bars alone where names stand above them."""
        if not self.lift:
            return [(20.0, self.tops[-1])]
        return [
            (top + self.row * number + 2 * self.lift - 2, top + self.row * (number + 1) + 2)
            for group, top in zip(self.picture.groups, self.tops, strict=False)
            for number in range(len(group.bars))
        ]

    def _rule(self) -> tuple[list[Stroke], list[Word]]:
        """Rule the grid of a scale on both sides of zero, with the words above its sides."""
        if not self.signed:
            return [], []
        bottom = self.tops[-1]
        strokes, words = [], []
        for tick in self.x.ticks:
            place = self.x.place(tick)
            strokes += [Stroke(place, y, place, y2, *(() if tick else ("ink", 1.4))) for y, y2 in self._list_spans()]
            text = frame.write(tick, "points", self.language, self.x.step)
            words.append(frame.small(place, bottom + 12, text, "center"))
        zero = self.x.place(0)
        smaller, larger = self.picture.heads
        return strokes, [*words, frame.small(zero - 6, 8, smaller, "right"), frame.small(zero + 6, 8, larger)]
