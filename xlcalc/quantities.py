"""What does a number measure: its unit, the values that make sense, and how a cell shows it?

A worksheet function's signature is written with the annotated aliases at the end of this module.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Number: TypeAlias = float | NDArray[Any]
"""A number or an array of numbers, as the formulas see it."""
SMALLEST = 1e-9
"""What a data validation lets in where a number must be above 0: "between" has no open end."""


def outermost(numbers: NDArray[np.float64]) -> np.float64:
    """Return the largest number, or one that is negative, infinite or nan if there is any.

    As unsigned integers the bits of doubles are in the order of the numbers from 0 on, with
    infinity, nan and all negative numbers behind: one pass over the memory answers three questions.
    """
    largest: np.float64 = numbers.view(np.uint64).max().view(np.float64)
    return largest


@dataclass(frozen=True)
class Quantity:
    """A measured number.

    Parameters
    ----------
    unit : str
        Unit as an analyst would print it, never a hidden scale.
    above, below : float
        Open bounds of the domain.
    at_least, at_most : float
        Closed bounds of the domain.
    whole : bool
        Whether only whole numbers make sense.
    number_format : str
        Excel number format of a cell that holds the quantity.
    """

    unit: str
    above: float = -math.inf
    at_least: float = -math.inf
    at_most: float = math.inf
    below: float = math.inf
    whole: bool = False
    number_format: str = "#,##0.00"

    def contains(self, number: float) -> bool:
        """Whether a number is finite and inside the domain; false for nan."""
        return (
            self.above < number < self.below
            and self.at_least <= number <= self.at_most
            and (not self.whole or number == int(number))
        )

    def contains_each(self, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each element is finite and inside the domain."""
        inside = (numbers > self.above) & (numbers < self.below)
        inside &= (numbers >= self.at_least) & (numbers <= self.at_most)
        return inside & (numbers == np.floor(numbers)) if self.whole else inside

    def contains_all(self, numbers: NDArray[np.float64]) -> bool:
        """Whether every element is finite and inside the domain, in as few passes as it takes."""
        if numbers.size == 0:
            return True
        if self.whole:
            return bool(self.contains_each(numbers).all())
        if max(self.above, self.at_least) < 0.0:
            return self.contains(numbers.min()) and self.contains(numbers.max())
        if not self.contains(outermost(numbers)):
            return False
        return self.at_least == 0.0 > self.above or self.contains(numbers.min())

    @property
    def domain(self) -> str:
        """The domain in words, as in `must be ...`."""
        bounds = [
            f"{word} {bound:g}"
            for word, bound in (
                ("above", self.above),
                ("at least", self.at_least),
                ("below", self.below),
                ("at most", self.at_most),
            )
            if math.isfinite(bound)
        ]
        whole = "whole, " if self.whole else ""
        return f"{whole}{' and '.join(bounds) or 'a finite number of'} {self.unit}"


@dataclass(frozen=True)
class Choice:
    """A text that must be one of a few, compared without regard to case.

    Parameters
    ----------
    options : tuple of str
        The texts.
    notes : tuple of str, optional
        What each option means, in a few words; a host with drop-downs shows it beside the option.
    unit : str
        What stands in the place of a unit.
    """

    options: tuple[str, ...]
    notes: tuple[str, ...] = ()
    unit: str = "choice"

    def __post_init__(self) -> None:
        if self.notes and len(self.notes) != len(self.options):
            raise ValueError(f"{len(self.options)} options have {len(self.notes)} notes")

    @property
    def domain(self) -> str:
        """The choices in words, as in `must be ...`."""
        return "one of " + ", ".join(f'"{option}"' for option in self.options)


@dataclass(frozen=True)
class Flag:
    """TRUE or FALSE; the numbers 1 and 0 stand for them, as in Excel."""

    unit: str = "TRUE/FALSE"
    domain: str = "TRUE or FALSE"


@dataclass(frozen=True)
class Text:
    """A free text, such as the name of a catalogue row."""

    unit: str = "text"

    @property
    def domain(self) -> str:
        """What the text is, as in `must be ...`."""
        return f"a text ({self.unit})"


_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_YEARS = range(1900, 2101)
_SERIALS = range(2101, 2_958_466)
_FIRST_DAY = date(1899, 12, 30)


@dataclass(frozen=True)
class Day:
    """A day, month or year: a text, a date of Python, or the number behind a date of a cell.

    A number from 1900 to 2100 is a year: as a day it would be one before 1906.
    """

    unit: str = "date"

    @property
    def domain(self) -> str:
        """What the text is, as in `must be ...`."""
        return "a date, as 2026-05-31, 2026-05, 2026, or a cell with a date"

    def text(self, value: Any) -> str | None:
        """Return a date as text, as 2026-05-31, 2026-05 or 2026; None where it is none."""
        if isinstance(value, str):
            given = value.strip()
            if not given:
                return ""
            if not _DAY.fullmatch(given):
                return None
            try:
                date.fromisoformat(f"{given}{'-01-01'[3 * given.count('-') :]}")
            except ValueError:
                return None
            return given
        if isinstance(value, date):
            return value.isoformat()[:10]
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if value in _YEARS:
            return str(int(value))
        days = math.floor(value) if math.isfinite(value) else 0
        return (_FIRST_DAY + timedelta(days=days)).isoformat() if days in _SERIALS else None


@dataclass(frozen=True)
class Several:
    """Numbers that are one argument together, as a range of cells: none of them has its own row."""

    quantity: Quantity

    @property
    def unit(self) -> str:
        """The unit of each number."""
        return self.quantity.unit

    @property
    def domain(self) -> str:
        """The domain of each number in words, as in `must be ...`."""
        return self.quantity.domain


@dataclass(frozen=True)
class LookupResult:
    """A result that is a number or a text, as a catalogue gives it."""

    unit: str = "as in the catalogue"
    number_format: str = "General"


Kind: TypeAlias = Quantity | Several | Choice | Flag | Text | Day
"""What an argument may be."""

COUNT_FORMAT = '[>=1000000000000]#,##0.00,,,," T";[>=1000000000]#,##0.00,,," B";#,##0'
"""Counts as people say them: 175.00 B parameters, 1.40 T tokens."""
COUNT_AXIS = '[>=1000000000000]#,##0,,,," T";[>=1000000000]#,##0,,," B";#,##0,," M"'
"""Counts along a logarithmic axis, whose labels are powers of ten."""

PARAMS = Quantity("parameters", above=0.0, number_format=COUNT_FORMAT)
TOKENS = Quantity("tokens", at_least=0.0, number_format=COUNT_FORMAT)
TRAINING_TOKENS = Quantity("tokens", above=0.0, number_format=COUNT_FORMAT)
WORDS = Quantity("words", at_least=0.0, number_format="#,##0")
FLOP = Quantity("FLOP", at_least=0.0, number_format="0.00E+00")
FLOP_PER_TOKEN = Quantity("FLOP/token", at_least=0.0, number_format="0.00E+00")
FLOP_PER_PARAM_TOKEN = Quantity("FLOP/(parameter·token)", above=0.0, number_format="0.0")
TOKENS_PER_PARAM = Quantity("tokens/parameter", above=0.0, number_format="#,##0.0")
TOKENS_PER_WORD = Quantity("tokens/word", above=0.0, number_format="0.00")
TOKEN_RATE = Quantity("tokens/s", at_least=0.0, number_format="#,##0")
LAYERS = Quantity("layers", above=0.0, number_format="#,##0")
WIDTH = Quantity("dimensions", above=0.0, number_format="#,##0")
HEADS = Quantity("heads", above=0.0, number_format="#,##0")
MATRICES = Quantity("matrices", above=0.0, number_format="#,##0")
VOCABULARY = Quantity("vocabulary entries", above=0.0, number_format="#,##0")
CONTEXT = Quantity("tokens", above=0.0, number_format="#,##0")
SEQUENCES = Quantity("sequences", above=0.0, number_format="#,##0")
SERVERS = Quantity("servers", at_least=0.0, number_format="#,##0")
GPUS_PER_SERVER = Quantity("GPUs/server", at_least=0.0, number_format="#,##0")
PIXELS = Quantity("pixels", above=0.0, number_format="#,##0")
GPUS = Quantity("GPUs", above=0.0, number_format="#,##0")
PEAK_TFLOPS = Quantity("TFLOP/s", above=0.0, number_format="#,##0.0")
PFLOPS = Quantity("PFLOP/s", at_least=0.0, number_format="#,##0.0")
UTILISATION = Quantity("ratio", above=0.0, at_most=1.0, number_format="0.0%")
RATIO = Quantity("ratio", at_least=0.0, number_format="0.0%")
SECONDS = Quantity("s", at_least=0.0, number_format="#,##0.00")
DAYS = Quantity("days", above=0.0, number_format="#,##0.0")
DAYS_PER_MONTH = Quantity("days/month", above=0.0, at_most=31.0, number_format="0.0")
YEARS = Quantity("years", above=0.0, number_format="0.0")
GPU_DAYS = Quantity("GPU-days", at_least=0.0, number_format="#,##0")
GPU_HOURS = Quantity("GPU-hours", at_least=0.0, number_format="#,##0")
GPU_MONTHS = Quantity("GPU-months", at_least=0.0, number_format="#,##0")
MONEY = Quantity("money", at_least=0.0, number_format="#,##0")
PRICE_PER_GPU_HOUR = Quantity("money/GPU-hour", at_least=0.0, number_format="#,##0.00")
MONEY_PER_YEAR = Quantity("money/year", at_least=0.0, number_format="#,##0")
POWER_PRICE = Quantity("money/kWh", at_least=0.0, number_format="0.000")
WATTS = Quantity("W", at_least=0.0, number_format="#,##0")
PUE_RATIO = Quantity("ratio", at_least=1.0, number_format="0.00")
MWH = Quantity("MWh", at_least=0.0, number_format="#,##0.0")
CARBON = Quantity("t CO2", at_least=0.0, number_format="#,##0.0")
MONEY_PER_USED_GPU_HOUR = Quantity("money/used GPU-hour", at_least=0.0, number_format="#,##0.00")
FLOP_PER_STEP = Quantity("FLOP/step", at_least=0.0, number_format="0.00E+00")
CARBON_INTENSITY = Quantity("t CO2/MWh", at_least=0.0, number_format="0.000")
CHARS = Quantity("characters", at_least=0.0, number_format="#,##0")
CHARS_PER_TOKEN = Quantity("characters/token", above=0.0, number_format="0.00")
BYTES = Quantity("bytes", at_least=0.0, number_format="#,##0")
BYTES_PER_TOKEN = Quantity("bytes/token", above=0.0, number_format="0.00")
BYTES_PER_PARAM = Quantity("bytes/parameter", above=0.0, number_format="0.0")
BYTES_PER_VALUE = Quantity("bytes/value", above=0.0, number_format="0.0")
BYTES_PER_SEQUENCE = Quantity("bytes/sequence", at_least=0.0, number_format="#,##0")
CACHE_PER_SEQUENCE = Quantity("bytes/sequence", above=0.0, number_format="#,##0")
SHARE = Quantity("ratio", at_least=0.0, at_most=1.0, number_format="0.0%")
FRAMES = Quantity("frames", at_least=1.0, number_format="#,##0")
FRAMES_PER_TOKEN = Quantity("frames/token", above=0.0, number_format="0.0")
STRIDE = Quantity("stride", above=0.0, number_format="#,##0")
LOSS = Quantity("nats/token", above=0.0, number_format="0.000")
BANDWIDTH_GBS = Quantity("GB/s", above=0.0, number_format="#,##0")
MEMORY_GB = Quantity("GB", at_least=0.0, number_format="#,##0.0")
GPU_MEMORY_GB = Quantity("GB", above=0.0, number_format="#,##0.0")
GPU_TOKEN_RATE = Quantity("tokens/(s·GPU)", above=0.0, number_format="#,##0")
USERS = Quantity("users/day", at_least=0.0, number_format="#,##0")
REQUESTS_PER_USER = Quantity("requests/user", at_least=0.0, number_format="#,##0.0")
REQUEST_RATE = Quantity("requests/s", at_least=0.0, number_format="#,##0.0")
FACTOR = Quantity("×", above=0.0, number_format="0.00")
PRICE_PER_MTOKENS = Quantity("money/M tokens", at_least=0.0, number_format="#,##0.00")
MONEY_PER_MONTH = Quantity("money/month", at_least=0.0, number_format="#,##0")
MTOKENS_PER_MONTH = Quantity("M tokens/month", at_least=0.0, number_format="#,##0")
ZERO_STAGE = Quantity("stage", at_least=0.0, at_most=3.0, whole=True, number_format="0")
SHARDS = Quantity("GPUs", at_least=1.0, number_format="#,##0")
RANK = Quantity("rank", above=0.0, number_format="#,##0")
STAGES = Quantity("stages", at_least=1.0, number_format="#,##0")
MICRO_BATCHES = Quantity("micro-batches", above=0.0, number_format="#,##0")
EXPERTS_PER_TOKEN = Quantity("experts/token", above=0.0, number_format="0")
WINDOW = Quantity("tokens", at_least=0.0, number_format="#,##0")
SOME_LAYERS = Quantity("layers", at_least=0.0, number_format="#,##0")
STATE_BYTES = Quantity("bytes/parameter", at_least=4.0, number_format="0.0")
EXPERTS = Quantity("experts", above=0.0, number_format="#,##0")
CALLS = Quantity("calls", at_least=1.0, number_format="#,##0")
INPUT_PER_OUTPUT = Quantity("input tokens/output token", at_least=0.0, number_format="0.0")
MTBF_HOURS = Quantity("GPU-hours/failure", above=0.0, number_format="#,##0")
PROMPTS = Quantity("prompts/step", above=0.0, number_format="#,##0")
SAMPLES = Quantity("samples/prompt", above=0.0, number_format="#,##0")
UPDATES = Quantity("updates/step", at_least=0.0, number_format="0.0")
OTHER_PARAMS = Quantity("parameters", at_least=0.0, number_format=COUNT_FORMAT)
SOME_EXPERTS = Quantity("experts", at_least=0.0, number_format="#,##0")
SOME_WIDTH = Quantity("dimensions", at_least=0.0, number_format="#,##0")
LATENCY_US = Quantity("µs", at_least=0.0, number_format="#,##0.0")
INTERRUPTIONS = Quantity("interruptions/h", at_least=0.0, number_format="0.000")
HOURS = Quantity("h", at_least=0.0, number_format="#,##0.00")
MONTHS = Quantity("months", at_least=0.0, number_format="#,##0.0")
PRICE_PER_GB_MONTH = Quantity("money/(GB·month)", at_least=0.0, number_format="0.000")
PRICE_PER_GB = Quantity("money/GB", at_least=0.0, number_format="0.000")
VECTORS = Quantity("vectors", at_least=0.0, number_format=COUNT_FORMAT)
DOCUMENTS = Quantity("documents", at_least=0.0, number_format="#,##0")
TOKENS_PER_DOCUMENT = Quantity("tokens/document", at_least=0.0, number_format="#,##0")
WATER_PER_KWH = Quantity("L/kWh", at_least=0.0, number_format="0.00")
LITRES = Quantity("L", at_least=0.0, number_format="#,##0")
EMBODIED_KG = Quantity("kg CO2", at_least=0.0, number_format="#,##0")
WATT_HOURS = Quantity("Wh", at_least=0.0, number_format="#,##0.000")
MEGAWATTS = Quantity("MW", at_least=0.0, number_format="#,##0.0")
H100S = Quantity("H100", at_least=0.0, number_format="#,##0")
GRADIENT_VARIANCE = Quantity("gradient²", at_least=0.0, number_format="0.00E+00")
GRADIENT_NORM = Quantity("gradient²", above=0.0, number_format="0.00E+00")
EXAMPLES = Quantity("examples", at_least=0.0, number_format="#,##0")
STEPS = Quantity("steps", at_least=0.0, number_format="#,##0")
ANNUAL_CHANGE = Quantity("ratio/year", above=-1.0, at_most=10.0, number_format="0.0%")
YEARS_AHEAD = Quantity("years", at_least=0.0, at_most=100.0, number_format="0.0")
MODELS = Quantity("models", at_least=0.0, number_format="#,##0")
ANY_UNIT = Quantity("any unit", at_least=0.0, number_format="#,##0.00")
SPREAD = Quantity("ratio", at_least=0.0, at_most=10.0, number_format="0.00")
COVERAGE = Quantity("ratio", above=0.0, at_most=0.9999, number_format="0.0%")
RUNS_PER_YEAR = Quantity("runs/year", at_least=0.0, number_format="#,##0")

Params: TypeAlias = Annotated[Number, PARAMS]
Tokens: TypeAlias = Annotated[Number, TOKENS]
Words: TypeAlias = Annotated[Number, WORDS]
Flop: TypeAlias = Annotated[Number, FLOP]
FlopPerToken: TypeAlias = Annotated[Number, FLOP_PER_TOKEN]
FlopPerParamToken: TypeAlias = Annotated[Number, FLOP_PER_PARAM_TOKEN]
TokensPerParam: TypeAlias = Annotated[Number, TOKENS_PER_PARAM]
TokensPerWord: TypeAlias = Annotated[Number, TOKENS_PER_WORD]
TokenRate: TypeAlias = Annotated[Number, TOKEN_RATE]
Layers: TypeAlias = Annotated[Number, LAYERS]
Width: TypeAlias = Annotated[Number, WIDTH]
Heads: TypeAlias = Annotated[Number, HEADS]
Matrices: TypeAlias = Annotated[Number, MATRICES]
Vocabulary: TypeAlias = Annotated[Number, VOCABULARY]
Context: TypeAlias = Annotated[Number, CONTEXT]
Sequences: TypeAlias = Annotated[Number, SEQUENCES]
Servers: TypeAlias = Annotated[Number, SERVERS]
GpusPerServer: TypeAlias = Annotated[Number, GPUS_PER_SERVER]
Pixels: TypeAlias = Annotated[Number, PIXELS]
Gpus: TypeAlias = Annotated[Number, GPUS]
PeakTflops: TypeAlias = Annotated[Number, PEAK_TFLOPS]
Pflops: TypeAlias = Annotated[Number, PFLOPS]
Utilisation: TypeAlias = Annotated[Number, UTILISATION]
Ratio: TypeAlias = Annotated[Number, RATIO]
Seconds: TypeAlias = Annotated[Number, SECONDS]
Days: TypeAlias = Annotated[Number, DAYS]
DaysPerMonth: TypeAlias = Annotated[Number, DAYS_PER_MONTH]
Years: TypeAlias = Annotated[Number, YEARS]
GpuDays: TypeAlias = Annotated[Number, GPU_DAYS]
GpuHours: TypeAlias = Annotated[Number, GPU_HOURS]
GpuMonths: TypeAlias = Annotated[Number, GPU_MONTHS]
Money: TypeAlias = Annotated[Number, MONEY]
PricePerGpuHour: TypeAlias = Annotated[Number, PRICE_PER_GPU_HOUR]
MoneyPerYear: TypeAlias = Annotated[Number, MONEY_PER_YEAR]
PowerPrice: TypeAlias = Annotated[Number, POWER_PRICE]
Watts: TypeAlias = Annotated[Number, WATTS]
Pue: TypeAlias = Annotated[Number, PUE_RATIO]
Mwh: TypeAlias = Annotated[Number, MWH]
Carbon: TypeAlias = Annotated[Number, CARBON]
MoneyPerUsedGpuHour: TypeAlias = Annotated[Number, MONEY_PER_USED_GPU_HOUR]
FlopPerStep: TypeAlias = Annotated[Number, FLOP_PER_STEP]
CarbonIntensity: TypeAlias = Annotated[Number, CARBON_INTENSITY]
Chars: TypeAlias = Annotated[Number, CHARS]
CharsPerToken: TypeAlias = Annotated[Number, CHARS_PER_TOKEN]
Bytes: TypeAlias = Annotated[Number, BYTES]
BytesPerToken: TypeAlias = Annotated[Number, BYTES_PER_TOKEN]
BytesPerParam: TypeAlias = Annotated[Number, BYTES_PER_PARAM]
BytesPerValue: TypeAlias = Annotated[Number, BYTES_PER_VALUE]
BytesPerSequence: TypeAlias = Annotated[Number, BYTES_PER_SEQUENCE]
CachePerSequence: TypeAlias = Annotated[Number, CACHE_PER_SEQUENCE]
Share: TypeAlias = Annotated[Number, SHARE]
Frames: TypeAlias = Annotated[Number, FRAMES]
FramesPerToken: TypeAlias = Annotated[Number, FRAMES_PER_TOKEN]
Stride: TypeAlias = Annotated[Number, STRIDE]
Loss: TypeAlias = Annotated[Number, LOSS]
BandwidthGbs: TypeAlias = Annotated[Number, BANDWIDTH_GBS]
MemoryGb: TypeAlias = Annotated[Number, MEMORY_GB]
GpuMemoryGb: TypeAlias = Annotated[Number, GPU_MEMORY_GB]
GpuTokenRate: TypeAlias = Annotated[Number, GPU_TOKEN_RATE]
Users: TypeAlias = Annotated[Number, USERS]
RequestsPerUser: TypeAlias = Annotated[Number, REQUESTS_PER_USER]
RequestRate: TypeAlias = Annotated[Number, REQUEST_RATE]
Factor: TypeAlias = Annotated[Number, FACTOR]
PricePerMtokens: TypeAlias = Annotated[Number, PRICE_PER_MTOKENS]
MoneyPerMonth: TypeAlias = Annotated[Number, MONEY_PER_MONTH]
MtokensPerMonth: TypeAlias = Annotated[Number, MTOKENS_PER_MONTH]
ZeroStage: TypeAlias = Annotated[Number, ZERO_STAGE]
Shards: TypeAlias = Annotated[Number, SHARDS]
Rank: TypeAlias = Annotated[Number, RANK]
Stages: TypeAlias = Annotated[Number, STAGES]
MicroBatches: TypeAlias = Annotated[Number, MICRO_BATCHES]
ExpertsPerToken: TypeAlias = Annotated[Number, EXPERTS_PER_TOKEN]
Window: TypeAlias = Annotated[Number, WINDOW]
SomeLayers: TypeAlias = Annotated[Number, SOME_LAYERS]
StateBytes: TypeAlias = Annotated[Number, STATE_BYTES]
Experts: TypeAlias = Annotated[Number, EXPERTS]
Batch: TypeAlias = Annotated[Number, TRAINING_TOKENS]
Calls: TypeAlias = Annotated[Number, CALLS]
InputPerOutput: TypeAlias = Annotated[Number, INPUT_PER_OUTPUT]
MtbfHours: TypeAlias = Annotated[Number, MTBF_HOURS]
Prompts: TypeAlias = Annotated[Number, PROMPTS]
Samples: TypeAlias = Annotated[Number, SAMPLES]
Updates: TypeAlias = Annotated[Number, UPDATES]
OtherParams: TypeAlias = Annotated[Number, OTHER_PARAMS]
SomeExperts: TypeAlias = Annotated[Number, SOME_EXPERTS]
SomeWidth: TypeAlias = Annotated[Number, SOME_WIDTH]
LatencyUs: TypeAlias = Annotated[Number, LATENCY_US]
Interruptions: TypeAlias = Annotated[Number, INTERRUPTIONS]
Hours: TypeAlias = Annotated[Number, HOURS]
Months: TypeAlias = Annotated[Number, MONTHS]
PricePerGbMonth: TypeAlias = Annotated[Number, PRICE_PER_GB_MONTH]
PricePerGb: TypeAlias = Annotated[Number, PRICE_PER_GB]
Vectors: TypeAlias = Annotated[Number, VECTORS]
Documents: TypeAlias = Annotated[Number, DOCUMENTS]
TokensPerDocument: TypeAlias = Annotated[Number, TOKENS_PER_DOCUMENT]
WaterPerKwh: TypeAlias = Annotated[Number, WATER_PER_KWH]
Litres: TypeAlias = Annotated[Number, LITRES]
EmbodiedKg: TypeAlias = Annotated[Number, EMBODIED_KG]
WattHours: TypeAlias = Annotated[Number, WATT_HOURS]
Megawatts: TypeAlias = Annotated[Number, MEGAWATTS]
H100s: TypeAlias = Annotated[Number, H100S]
GradientVariance: TypeAlias = Annotated[Number, GRADIENT_VARIANCE]
GradientNorm: TypeAlias = Annotated[Number, GRADIENT_NORM]
Examples: TypeAlias = Annotated[Number, EXAMPLES]
Steps: TypeAlias = Annotated[Number, STEPS]
AnnualChange: TypeAlias = Annotated[Number, ANNUAL_CHANGE]
YearsAhead: TypeAlias = Annotated[Number, YEARS_AHEAD]
Models: TypeAlias = Annotated[Number, MODELS]
RunsPerYear: TypeAlias = Annotated[Number, RUNS_PER_YEAR]
AnyUnit: TypeAlias = Annotated[Number, ANY_UNIT]
Spreads: TypeAlias = Annotated[Number, Several(SPREAD)]
Coverage: TypeAlias = Annotated[Number, COVERAGE]
