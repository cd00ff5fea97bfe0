using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Privacy;

/// <summary>E-mail addresses, names of hosts, URLs and IPv6 addresses: found from a character that they must have, outwards.</summary>
static class Addresses
{
    const int MaxLocal = 64, MaxHost = 253, MaxUrl = 2_048;

    public static void Find(ReadOnlySpan<byte> text, List<PiiSpan> spans)
    {
        // A cell without any of these holds none of them.
        if (text.IndexOfAny("@:."u8) < 0)
        {
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'@':
                    Email(text, i, spans);
                    break;
                case (byte)':' when text[i..].StartsWith("://"u8):
                    i = Url(text, i, spans);
                    break;
                case (byte)':':
                    i = V6(text, i, spans);
                    break;
                case (byte)'.':
                    i = Host(text, i, spans);
                    break;
            }
        }
    }

    static void Email(ReadOnlySpan<byte> text, int at, List<PiiSpan> spans)
    {
        var start = at;
        while (start > 0 && at - start < MaxLocal && (Bytes.InWord(text[start - 1]) || ".!#$%&*+/=?^`{|}~-'"u8.Contains(text[start - 1])))
        {
            start--;
        }

        while (start < at && !Bytes.InWord(text[start]))
        {
            start++;
        }

        if (start == at || text[at - 1] == '.' || text[start..at].IndexOf(".."u8) >= 0)
        {
            return;
        }

        var end = HostEnd(text, at + 1, out var top);
        if (end > 0 && IsTopLevel(text[top..end]) is var known && (known || end - top >= 2))
        {
            spans.Add(new PiiSpan(start, end, "email", known ? 1 : 0.8));
        }
    }

    // Labels of letters, digits and hyphens with dots between; gives the end, and where the last label begins; -1 when it is no name of a host.
    static int HostEnd(ReadOnlySpan<byte> text, int from, out int top)
    {
        top = from;
        var (i, label) = (from, from);
        for (; i < text.Length && i - from < MaxHost; i++)
        {
            if (text[i] == '.' && i > label && text[i - 1] != '-' && i + 1 < text.Length && (Bytes.IsLetter(text[i + 1]) || Bytes.IsDigit(text[i + 1]) || text[i + 1] >= 0x80))
            {
                label = i + 1;
            }
            else if (!(Bytes.IsLetter(text[i]) || Bytes.IsDigit(text[i]) || text[i] >= 0x80 || (text[i] == '-' && i > label)))
            {
                break;
            }
        }

        while (i > label && text[i - 1] == '-')
        {
            i--;
        }

        top = label;
        return label > from && i - label >= 2 && text[label..i].IndexOfAnyInRange((byte)'0', (byte)'9') < 0 ? i : -1;
    }

    static bool IsTopLevel(ReadOnlySpan<byte> label)
    {
        Span<char> lower = stackalloc char[16];
        return label.Length <= 12 && Countries.IsTopLevel(Bytes.Lower(label, lower));
    }

    static int Url(ReadOnlySpan<byte> text, int colon, List<PiiSpan> spans)
    {
        var start = colon;
        while (start > 0 && colon - start < 16 && Bytes.IsLetter(text[start - 1]))
        {
            start--;
        }

        var end = UrlEnd(text, colon + 3);
        if (start < colon && end > colon + 5 && (Bytes.InWord(text[colon + 3]) || text[colon + 3] == '['))
        {
            spans.Add(new PiiSpan(start, end, "url", 0.95));
            return end - 1;
        }

        return colon;
    }

    // Up to white space or a quote; punctuation that ends a sentence is not part of it.
    static int UrlEnd(ReadOnlySpan<byte> text, int from)
    {
        var end = from;
        while (end < text.Length && end - from < MaxUrl && text[end] > ' ' && !"\"'<>`{}|\\^"u8.Contains(text[end]))
        {
            end++;
        }

        while (end > from && ".,;:!?)]"u8.Contains(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    // A name of a host without a scheme: only where it ends with a top-level domain in small letters, for words also have dots between.
    static int Host(ReadOnlySpan<byte> text, int dot, List<PiiSpan> spans)
    {
        var start = dot;
        while (start > 0 && dot - start < 63 && (Bytes.IsLetter(text[start - 1]) || Bytes.IsDigit(text[start - 1]) || text[start - 1] == '-'))
        {
            start--;
        }

        var end = dot - start >= 2 ? HostEnd(text, start, out var top) : Next(out top);
        if (end < 0 || text[top..end].IndexOfAnyInRange((byte)'A', (byte)'Z') >= 0 || !IsTopLevel(text[top..end])
            || (start > 0 && (text[start - 1] is (byte)'@' or (byte)'/' or (byte)'.' or (byte)'_' || text[start - 1] >= 0x80)) || (end < text.Length && text[end] is (byte)'@' or (byte)'('))
        {
            return dot;
        }

        var whole = end < text.Length && text[end] is (byte)'/' or (byte)'?' or (byte)':' ? Math.Max(end, UrlEnd(text, end)) : end;
        spans.Add(new PiiSpan(start, whole, "url", whole > end || text[start..].StartsWith("www."u8) ? 0.9 : 0.6));
        return whole - 1;

        static int Next(out int top)
        {
            top = 0;
            return -1;
        }
    }

    static int V6(ReadOnlySpan<byte> text, int colon, List<PiiSpan> spans)
    {
        var start = colon;
        while (start > 0 && colon - start < 5 && char.IsAsciiHexDigit((char)text[start - 1]))
        {
            start--;
        }

        var end = colon;
        while (end < text.Length && end - start < 46 && (char.IsAsciiHexDigit((char)text[end]) || text[end] is (byte)':' or (byte)'.'))
        {
            end++;
        }

        while (end > colon && text[end - 1] is (byte)'.' || (end > colon + 1 && text[end - 1] == ':' && text[end - 2] != ':'))
        {
            end--;
        }

        if (text[start..end].Count((byte)':') < 2 || Bytes.WordBefore(text, start) || (start > 0 && text[start - 1] == ':') || Bytes.WordAfter(text, end)
            || !IPAddress.TryParse(Encoding.ASCII.GetString(text[start..end]), out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return colon;
        }

        if (end < text.Length && text[end] == '%')
        {
            end++;
            while (end < text.Length && Bytes.InWord(text[end]))
            {
                end++;
            }
        }

        end = Prefix(text, end);
        spans.Add(new PiiSpan(start, end, "ip_address", end - start > 2 ? 0.9 : 0.3));
        return end - 1;
    }

    static int Prefix(ReadOnlySpan<byte> text, int end)
    {
        var digits = end + 1;
        while (digits < text.Length && text[end] == '/' && digits - end <= 3 && Bytes.IsDigit(text[digits]))
        {
            digits++;
        }

        return digits > end + 1 && int.Parse(text[(end + 1)..digits]) <= 128 ? digits : end;
    }
}
