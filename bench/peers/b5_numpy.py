"""k-center greedy as the papers' code does it, in numpy: b5_numpy.py FILE COUNT"""
import sys
import time

import numpy as np

rows = np.load(sys.argv[1])
count = int(sys.argv[2])
start = time.perf_counter()
norms = np.einsum("ij,ij->i", rows, rows)


def squared(point):
    return np.maximum(norms + norms[point] - 2 * (rows @ rows[point]), 0)


mean = rows.mean(axis=0)
chosen = [int(np.argmin(((rows - mean) ** 2).sum(axis=1)))]
least = squared(chosen[0])
while len(chosen) < count:
    chosen.append(int(np.argmax(least)))
    np.minimum(least, squared(chosen[-1]), out=least)

seconds = time.perf_counter() - start
start = time.perf_counter()
for _ in range(5):
    rows.sum()
read = (time.perf_counter() - start) / 5
print(f"numpy: {count:,} of {rows.shape[0]:,} x {rows.shape[1]} in {seconds:.2f} s, radius {np.sqrt(least.max()):.4f}, first {chosen[:5]}, last {chosen[-1]}")
print(f"memory: one read of the vectors takes {read * 1000:.1f} ms on one core, {count:,} reads {read * count:.2f} s")
