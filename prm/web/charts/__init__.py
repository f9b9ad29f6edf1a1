"""Charts as server-rendered SVG: geometry here, drawing in templates/components/charts/.

Coordinates across are per cent of the plot, down they are pixels, so that a chart fits any width with text of one size.
"""

from .bars import BarChart, bar_chart
from .ladder import Ladder, band_ladder
from .lines import LineChart, Sparkline, line_chart, sparkline
from .parts import Donut, Funnel, Meter, donut, funnel, meter
from .waterfall import Fall, waterfall

__all__ = [
    "BarChart",
    "Donut",
    "Fall",
    "Funnel",
    "Ladder",
    "LineChart",
    "Meter",
    "Sparkline",
    "band_ladder",
    "bar_chart",
    "donut",
    "funnel",
    "line_chart",
    "meter",
    "sparkline",
    "waterfall",
]
