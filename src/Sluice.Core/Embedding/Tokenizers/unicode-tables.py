# Writes unicode-tables.txt, which UnicodeForms reads: python3 unicode-tables.py > unicode-tables.txt
# A line a character: code point, combining class, then '=' (canonical; composes back), '-' (canonical; does not) or '~' (compatible), and what it is made of.
import sys
import unicodedata

for code in range(sys.maxunicode + 1):
    if 0xAC00 <= code <= 0xD7A3 or 0xD800 <= code <= 0xDFFF:
        continue  # Hangul is computed; surrogates are none.
    char = chr(code)
    combining, parts = unicodedata.combining(char), unicodedata.decomposition(char).split()
    if parts:
        compatible = parts[0].startswith("<")
        kind = "~" if compatible else "=" if unicodedata.normalize("NFC", char) == char else "-"
        print(f"{code:X} {combining} {kind} {' '.join(parts[1:] if compatible else parts)}")
    elif combining:
        print(f"{code:X} {combining}")
