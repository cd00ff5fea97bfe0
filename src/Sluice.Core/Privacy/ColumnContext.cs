using System.Text;

namespace Sluice.Privacy;

/// <summary>What a column's name says of its cells: <c>customer_ssn</c>, <c>dateOfBirth</c>, <c>E-Mail</c>.</summary>
public sealed class ColumnContext
{
    static readonly Dictionary<string, string> entityOfName = new(StringComparer.Ordinal)
    {
        ["name"] = "person",
        ["fullname"] = "person",
        ["firstname"] = "person",
        ["lastname"] = "person",
        ["surname"] = "person",
        ["givenname"] = "person",
        ["middlename"] = "person",
        ["maidenname"] = "person",
        ["contactname"] = "person",
        ["customername"] = "person",
        ["employeename"] = "person",
        ["patientname"] = "person",
        ["address"] = "address",
        ["streetaddress"] = "address",
        ["street"] = "address",
        ["addressline1"] = "address",
        ["homeaddress"] = "address",
        ["postaladdress"] = "address",
        ["city"] = "location",
        ["town"] = "location",
        ["country"] = "location",
        ["county"] = "location",
        ["company"] = "organization",
        ["employer"] = "organization",
        ["organization"] = "organization",
        ["organisation"] = "organization",
        ["companyname"] = "organization",
        ["dob"] = "date_of_birth",
        ["dateofbirth"] = "date_of_birth",
        ["birthday"] = "date_of_birth",
        ["birthdate"] = "date_of_birth",
        ["phone"] = "phone",
        ["telephone"] = "phone",
        ["mobile"] = "phone",
        ["cell"] = "phone",
        ["fax"] = "phone",
        ["phonenumber"] = "phone",
        ["telephonenumber"] = "phone",
        ["tel"] = "phone",
    };

    readonly List<string> words = [];
    readonly string? entity;

    public ColumnContext(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            var starts = words.Count == 0 || (Rune.IsUpper(rune) && words[^1].Length > 0 && !wasUpper);
            if (!Rune.IsLetterOrDigit(rune))
            {
                words.Add("");
                wasUpper = false;
                continue;
            }

            if (starts)
            {
                words.Add("");
            }

            words[^1] += Rune.ToLowerInvariant(rune);
            wasUpper = Rune.IsUpper(rune);
        }

        words.RemoveAll(word => word.Length == 0);
        entity = entityOfName.GetValueOrDefault(string.Concat(words));
        (IsOfFaces, IsOfBodies) = (Biometrics.SaysFace(words), Biometrics.SaysBody(words));
    }

    bool wasUpper;

    /// <summary>A cell that stands alone.</summary>
    public static ColumnContext None { get; } = new("");

    /// <summary>The kind that most cells of the column were seen to hold; null when there is none.</summary>
    public string? Expected { get; init; }

    /// <summary>Whether the name says photographs of people, and biometric measurements.</summary>
    internal bool IsOfFaces { get; }

    internal bool IsOfBodies { get; }

    /// <summary>What every cell of a column of this name is, where the name alone says so; otherwise null.</summary>
    internal string? Entity => entity;

    internal bool Names(string wanted) => entity == wanted;

    internal bool Speaks(Recogniser recogniser)
    {
        foreach (var word in words)
        {
            if (recogniser.HasContext(word))
            {
                return true;
            }
        }

        return false;
    }
}
