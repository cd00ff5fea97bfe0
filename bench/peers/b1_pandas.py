"""The work of bench/b1.yaml in pandas, as its users write it: vectorised, one process.

usage: b1_pandas.py CSV OUT-FOLDER
Prints seconds per part, then "total SECONDS" and "without_write SECONDS". With pyarrow the sets are written as Parquet, else as CSV.
"""
import json
import os
import sys
import time

import numpy as np
import pandas as pd

source, out = sys.argv[1:3]
os.makedirs(out, exist_ok=True)
begin = last = time.time()
EMAIL = r"[^@\s]+@[^@\s]+\.[a-z]{2,}"
PHONE = r"\+[0-9]{1,3}-[0-9]{3}-[0-9]{7}"


def lap(part):
    global last
    now = time.time()
    print(f"{part} {now - last:.2f}", flush=True)
    last = now


def number(column):
    return column if pd.api.types.is_numeric_dtype(column) else pd.to_numeric(column, errors="coerce")


def check(frame):
    """Profile and checks; every failing cell is evidence."""
    evidence, profile = [], {}

    def fails(rule, mask):
        rows = np.flatnonzero(mask.to_numpy())
        evidence.append(pd.DataFrame({"rule": rule, "row": rows}))
        return int(len(rows))

    for name in frame.columns:
        column = frame[name]
        facts = {"missing": fails(f"missing_value:{name}", column.isna()), "distinct": int(column.nunique())}
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            facts["describe"] = column.describe(percentiles=[0.05, 0.25, 0.5, 0.75, 0.95]).to_dict()
            facts["bins"] = np.histogram(column.dropna(), bins=24)[0].tolist()
        elif column.dtype == object:
            text = column.dropna().astype(str)
            lengths = text.str.len()
            facts["lengths"] = [int(lengths.min()), int(lengths.max()), float(lengths.mean())]
            if facts["distinct"] <= 200:
                facts["top"] = column.value_counts().head(10).to_dict()
            numbers = pd.to_numeric(text, errors="coerce")
            if numbers.notna().mean() >= 0.5:
                facts["wrong_type"] = fails(f"wrong_type:{name}", number(column).isna() & column.notna())
            elif name == "signed_up":
                dates = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
                facts["wrong_type"] = fails(f"wrong_type:{name}", dates.reindex(column.index).isna() & column.notna())
        profile[name] = facts

    profile["duplicates"] = fails("duplicate_row", frame.duplicated())
    amount, age = number(frame["amount"]), number(frame["age"])
    profile["amount"]["range"] = fails("out_of_range:amount", (amount < 0) | (amount > 10_000))
    profile["age"]["range"] = fails("out_of_range:age", (age < 0) | (age > 120))
    for name, pattern in (("email", EMAIL), ("phone", PHONE)):
        profile[name]["pattern"] = fails(f"pattern_mismatch:{name}", frame[name].notna() & ~frame[name].str.fullmatch(pattern, na=False))
    return profile, pd.concat(evidence, ignore_index=True)


df = pd.read_csv(source, keep_default_na=False, na_values=[""], low_memory=False)
rows = len(df)
lap("read")
before, evidence = check(df)
evidence.to_pickle(os.path.join(out, "evidence.pkl"))
lap("check")

for name in df.select_dtypes("object"):
    if df[name].map(type, na_action="ignore").isin([str]).any():
        df[name] = df[name].str.strip()
lap("strip")
df = df.drop_duplicates()
lap("duplicates")
df["amount"] = number(df["amount"])
df["age"] = number(df["age"])
df["signed_up"] = pd.to_datetime(df["signed_up"], format="%Y-%m-%d", errors="coerce")
df["active"] = df["active"].astype("boolean")
lap("types")
for name in df.columns:
    if pd.api.types.is_datetime64_any_dtype(df[name]) or (pd.api.types.is_numeric_dtype(df[name]) and not pd.api.types.is_bool_dtype(df[name])):
        df[name] = df[name].fillna(df[name].median())
lap("missing")
keep = pd.Series(True, index=df.index)
for name in ("id", "amount", "age"):
    low, high = df[name].quantile([0.25, 0.75])
    spread = 1.5 * (high - low)
    keep &= df[name].between(low - spread, high + spread)
df = df[keep]
lap("outliers")

rng = np.random.default_rng(42)
sets = np.empty(len(df), dtype=object)
for _, at in df.groupby("country", dropna=False).indices.items():
    at = rng.permutation(at)
    train, valid = int(len(at) * 0.8), int(len(at) * 0.9)
    sets[at[:train]], sets[at[train:valid]], sets[at[valid:]] = "train", "validation", "test"
df["split"] = sets
lap("split")
after, _ = check(df)
lap("check_after")
work = time.time() - begin

try:
    import pyarrow  # noqa: F401

    for name, part in df.groupby("split"):
        part.to_parquet(os.path.join(out, f"{name}.parquet"), compression="zstd")
except ImportError:
    for name, part in df.groupby("split"):
        part.to_csv(os.path.join(out, f"{name}.csv"), index=False)
with open(os.path.join(out, "profile.json"), "w") as file:
    json.dump({"before": before, "after": after}, file, default=str)
lap("write")
print(f"rows {rows} -> {len(df)}")
print(f"without_write {work:.2f}")
print(f"total {time.time() - begin:.2f}")
