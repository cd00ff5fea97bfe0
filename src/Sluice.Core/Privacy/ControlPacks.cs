namespace Sluice.Privacy;

/// <summary>Rules that a table can be measured against.</summary>
public enum ControlPack
{
    /// <summary>The eighteen identifiers of 45 CFR 164.514(b)(2), as far as they can be told from values.</summary>
    HipaaSafeHarbor,

    /// <summary>Card numbers and what belongs to them: PCI DSS 3.</summary>
    PciDss,

    /// <summary>Data minimisation and protection: GDPR articles 5, 9 and 32.</summary>
    Gdpr,

    /// <summary>Sensitive personal information: CCPA 1798.140.</summary>
    Ccpa,

    /// <summary>Confidential information: SOC 2, C1.1 and CC6.1.</summary>
    Soc2,
}

/// <summary>One control and what the table shows of it.</summary>
/// <param name="Pack">Where it is from.</param>
/// <param name="Control">Its number and what it asks.</param>
/// <param name="Status"><c>met</c>: nothing of it was found. <c>not_met</c>: it was. <c>not_measured</c>: values cannot tell.</param>
/// <param name="Evidence">Counts of cells, by column and kind.</param>
/// <param name="LookedAt">What was and what was not looked at, where the status could be taken for more than it says; null for the others.</param>
public sealed record ControlResult(ControlPack Pack, string Control, string Status, IReadOnlyList<string> Evidence, string? LookedAt = null);

/// <summary>
/// Controls and evidence: which identifiers are still in a table, and where. Whether a law is kept depends on more than a table, so no result says so.
/// </summary>
public static class ControlPacks
{
    const string LookedForTemplates = "Cells were looked at for records of fingerprints, faces and irises (WSQ, ISO/IEC 19794) in base64 and hexadecimal, and for long codes and vectors in columns "
        + "that are named for a biometric. Templates of other makers in columns with other names, and recordings of voices, are not told from other data.";

    const string LookedForImages = "Cells were looked at for images (JPEG, PNG, GIF, WebP, TIFF, HEIF, AVIF) in base64, hexadecimal and data URLs, and for names of image files in columns that are named "
        + "for photographs. What an image shows was not looked at: each may hold a face. Files outside of the table were not opened.";

    sealed record Control(ControlPack Pack, string Name, params string[] Entities)
    {
        public string? LookedAt { get; init; }
    }

    static readonly string[] states = [.. Recogniser.All.Where(r => r.Country is not null).Select(r => r.Entity).Distinct()];
    static readonly string[] plates = [.. states.Where(Contains("plate", "vehicle", "kfz"))];
    static readonly string[] licences = [.. states.Where(Contains("licen", "fuehrerschein", "npi", "dea", "passport", "lanr"))];
    static readonly string[] health = [.. states.Where(Contains("health", "mbi", "medicare", "nhs"))];
    static readonly string[] postal = [.. states.Where(Contains("zip", "postcode", "postal", "plz"))];
    static readonly string[] accounts = ["iban", "us_bank_number", "aba_routing", "swift_bic", "credit_card", "crypto"];
    static readonly string[] identity = [.. states.Except(plates).Except(postal).Except(accounts)];

    static readonly Control[] all =
    [
        new(ControlPack.HipaaSafeHarbor, "A names", "person"),
        new(ControlPack.HipaaSafeHarbor, "B places smaller than a state", ["address", "location", "coordinates", .. postal]),
        new(ControlPack.HipaaSafeHarbor, "C dates other than years", "date", "date_of_birth"),
        new(ControlPack.HipaaSafeHarbor, "D and E telephone and fax numbers", "phone"),
        new(ControlPack.HipaaSafeHarbor, "F e-mail addresses", "email"),
        new(ControlPack.HipaaSafeHarbor, "G social security numbers", "ssn"),
        new(ControlPack.HipaaSafeHarbor, "H medical record numbers", "medical_record_number"),
        new(ControlPack.HipaaSafeHarbor, "I health plan beneficiary numbers", ["health_plan_number", .. health]),
        new(ControlPack.HipaaSafeHarbor, "J account numbers", accounts),
        new(ControlPack.HipaaSafeHarbor, "K certificate and licence numbers", licences),
        new(ControlPack.HipaaSafeHarbor, "L vehicle identifiers and plates", ["vin", .. plates]),
        new(ControlPack.HipaaSafeHarbor, "M device identifiers", "imei", "mac"),
        new(ControlPack.HipaaSafeHarbor, "N URLs", "url"),
        new(ControlPack.HipaaSafeHarbor, "O IP addresses", "ip_address"),
        new(ControlPack.HipaaSafeHarbor, "P biometric identifiers", Biometrics.Template) { LookedAt = LookedForTemplates },
        new(ControlPack.HipaaSafeHarbor, "Q photographs of faces", Biometrics.Photo, Biometrics.Image) { LookedAt = LookedForImages },
        new(ControlPack.HipaaSafeHarbor, "R other identifying numbers", identity),
        new(ControlPack.PciDss, "3.4 and 3.5 no readable card number", "credit_card"),
        new(ControlPack.PciDss, "8.3 no authentication secret", "secret_token"),
        new(ControlPack.Gdpr, "art. 5(1)(c) no direct identifier that the purpose does not need", ["person", "email", "phone", "address", .. identity]),
        new(ControlPack.Gdpr, "art. 9 no health identifier", ["medical_record_number", "health_plan_number", .. health]),
        new(ControlPack.Gdpr, "art. 9 no biometric data", Biometrics.Template) { LookedAt = LookedForTemplates },
        new(ControlPack.Gdpr, "art. 32(1)(a) no online identifier in the clear", "ip_address", "mac", "imei"),
        new(ControlPack.Gdpr, "art. 6 a basis for processing"),
        new(ControlPack.Ccpa, "1798.140(ae) no government identifier", identity),
        new(ControlPack.Ccpa, "1798.140(ae) no account with its access", [.. accounts, "secret_token"]),
        new(ControlPack.Ccpa, "1798.140(ae) no precise geolocation", "coordinates"),
        new(ControlPack.Soc2, "CC6.1 no credential in data", "secret_token"),
        new(ControlPack.Soc2, "C1.1 confidential identifiers are known", [.. identity, .. accounts]),
    ];

    public static IReadOnlyList<ControlResult> Measure(IReadOnlyList<PiiColumn> columns, IReadOnlyCollection<ControlPack> packs) =>
        [.. all.Where(control => packs.Contains(control.Pack)).Select(control => Measure(control, columns))];

    static ControlResult Measure(Control control, IReadOnlyList<PiiColumn> columns)
    {
        string[] evidence =
        [
            .. from column in columns
               from found in column.Found
               where control.Entities.Contains(found.Key)
               select $"{column.Column}: {found.Key} in {found.Value} of {column.Cells} cells",
        ];
        var status = control.Entities.Length == 0 ? "not_measured" : evidence.Length == 0 ? "met" : "not_met";
        return new ControlResult(control.Pack, control.Name, status, evidence, control.LookedAt);
    }

    static Func<string, bool> Contains(params string[] parts) => entity => parts.Any(part => entity.Contains(part, StringComparison.Ordinal));
}
