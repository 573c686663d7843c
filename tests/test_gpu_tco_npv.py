"""Buying, leasing and renting computed again in plain numpy: do the present values agree?"""

import numpy as np
import pytest

from tests.built import built_model

WAYS = ("buy", "lease", "rent", "reserved")


@pytest.fixture(scope="module")
def model():
    return built_model("gpu_tco")


def residual(v, age):
    """Return what a machine of an age brings, of the price of the installed machine."""
    if v["residual_kind"] == "book value":
        return max(0.0, 1 - age / v["life_years"])
    curve = [1.0, *(v[f"residual_{n}"] for n in range(1, 7))]
    of_server = float(np.interp(age, np.arange(7), curve))
    return of_server / (1 + v["network_share"] + v["installation_share"])


def present_values(v):
    """Return the four present values, fleet by fleet and payment by payment."""
    horizon, life, tax = v["horizon_years"], v["life_years"], v["tax_rate"]

    def worth(quarter):
        return (1 + v["discount_rate"]) ** (-np.asarray(quarter) / 4)

    quarters = np.arange(1, 21)
    ends = np.minimum(quarters / 4, horizon)
    starts = np.minimum((quarters - 1) / 4, horizon)
    part = ends - starts
    last = int(np.ceil(horizon * 4 - 1e-6))
    machines = v["gpus"] * (1 + v["spare_share"])
    unit = v["gpu_price"] * (1 + v["server_share"])
    installed = unit * (1 + v["network_share"] + v["installation_share"])

    buy = 0.0
    fleets = int(np.ceil(horizon / life - 1e-6))
    for number in range(fleets):
        bought = number * life
        price = machines * installed * (1 - v["purchase_fall"]) ** bought
        buy -= price * worth(np.ceil(bought * 4 - 1e-6))
        sold = min(bought + life, horizon)
        sale = price * residual(v, sold - bought)
        book = price * (1 - (sold - bought) / life)
        at = last if number == fleets - 1 else np.ceil(sold * 4 - 1e-6)
        buy += (sale - tax * (sale - book)) * worth(at)
        # A fleet is written off over its own days; those of a quarter count at its end.
        inside = np.clip(ends, bought, sold) - np.clip(starts, bought, sold)
        buy += tax * price / life * np.sum(inside * worth(quarters))
    kilowatts = v["watts"] * v["server_power_factor"] / 1000
    used = v["gpus"] * v["utilisation"]
    drawn = used + (machines - used) * v["idle_power_share"]
    colocation = v["watts"] * v["nameplate_factor"] / 1000 * v["colocation_kw_month"] * 12
    care = unit * (v["maintenance_share"] + v["insurance_share"])
    yearly = machines * (v["staff_per_year"] + colocation + care)
    yearly += drawn * 8760 * kilowatts * v["pue"] * v["power_price"]
    running = yearly * np.sum(part * worth(quarters))
    buy -= (1 - tax) * running

    lead = 0.25 if v["lease_timing"] == "in advance" else 0.0
    count, term = v["lease_payments"], v["lease_term"]
    period = (1 + v["lease_interest"]) ** (1 / count) - 1
    growth = (1 + v["lease_interest"]) ** -term
    if period:
        rate = installed * (1 - v["lease_residual_share"] * growth) * period / (1 - growth)
    else:
        rate = installed * (1 - v["lease_residual_share"]) / (term * count)
    rate /= 1 + period if lead else 1
    every = np.arange(21)
    paid = np.minimum(every / 4 + lead, horizon)
    full = np.diff(np.minimum(paid, term), prepend=0.0)
    after = np.diff(np.maximum(paid, term), prepend=term)
    rates = np.sum((full + after * v["renewal_share"]) * worth(every))
    rates += max(0.0, term - horizon) * v["lease_exit_share"] * worth(last)
    lease = -machines * rate * (1 - worth(last))
    lease -= (1 - tax) * (machines * rate * count * rates + v["lease_running_share"] * running)

    hour = v["rent_price"] * (1 + v["storage_share"]) * (1 - tax)
    falls = 1 - v["rental_fall"]
    rent = -used * 8760 * hour * np.sum(part * falls ** ((quarters - 1) / 4) * worth(quarters))
    begun = np.floor((quarters - 1) / 4 / v["reserved_term"] + 1e-6) * v["reserved_term"]
    kept = v["gpus"] * 8760 * hour * (1 - v["reserved_discount"])
    reserved = -kept * np.sum(part * falls**begun * worth(quarters))
    return {"buy": buy, "lease": lease, "rent": rent, "reserved": reserved}


def drawn_inputs(count):
    """Return inputs at random, each in its bounds."""
    drawn = np.random.default_rng(15)

    def between(low, high):
        return float(drawn.uniform(low, high))

    for _ in range(count):
        curve = sorted((between(0, 1) for _ in range(6)), reverse=True)
        yield {
            "gpus": float(drawn.integers(1, 5000)),
            "utilisation": between(0.05, 1),
            "horizon_years": between(0.3, 5),
            "discount_rate": between(0, 0.2),
            "tax_rate": between(0, 0.4),
            "gpu_price": between(1e3, 6e4),
            "server_share": between(0, 1),
            "network_share": between(0, 0.2),
            "installation_share": between(0, 0.1),
            "spare_share": between(0, 0.1),
            "life_years": between(0.5, 7),
            "purchase_fall": between(-0.1, 0.3),
            "residual_kind": str(drawn.choice(["market", "book value"])),
            **{f"residual_{age}": value for age, value in enumerate(curve, start=1)},
            "server_power_factor": between(1, 2),
            "idle_power_share": between(0, 1),
            "nameplate_factor": between(1, 2),
            "pue": between(1, 2),
            "power_price": between(0, 0.3),
            "staff_per_year": between(0, 2000),
            "colocation_kw_month": between(0, 300),
            "maintenance_share": between(0, 0.1),
            "insurance_share": between(0, 0.02),
            "lease_interest": between(0.01, 0.2),
            "lease_residual_share": between(0, 0.5),
            "lease_payments": float(drawn.choice([1, 4, 12])),
            "lease_timing": str(drawn.choice(["in arrears", "in advance"])),
            "lease_term": between(0.5, 5),
            "renewal_share": between(0, 1),
            "lease_exit_share": between(0, 1),
            "lease_running_share": between(0, 1),
            "rent_price": between(0.2, 10),
            "storage_share": between(0, 0.2),
            "reserved_discount": between(0, 0.6),
            "reserved_term": between(0.3, 3),
            "rental_fall": between(-0.2, 0.4),
        }


def differences(model, settings):
    values = model.evaluate(settings).values
    expected = present_values(values)
    wrong = {
        way: (expected[way], values[f"npv_{way}"])
        for way in WAYS
        if expected[way] != pytest.approx(values[f"npv_{way}"], rel=1e-12, abs=1e-6)
    }
    return wrong | ({} if values["checks_hold"] is True else {"checks": values["checks_hold"]})


def test_the_default_has_the_present_values_of_plain_numpy(model):
    assert {} == differences(model, {})


@pytest.mark.slow
def test_ten_random_fleets_have_the_present_values_of_plain_numpy(model):
    assert [] == [found for settings in drawn_inputs(10) if (found := differences(model, settings))]


@pytest.mark.slow
@pytest.mark.thorough
def test_a_hundred_random_fleets_have_the_present_values_of_plain_numpy(model):
    wrong = [
        (settings, found)
        for settings in drawn_inputs(100)
        if (found := differences(model, settings))
    ]
    assert [] == wrong
