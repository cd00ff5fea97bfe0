using System.ComponentModel.DataAnnotations;

namespace Sluice.Functions.Crowd;

/// <summary>The requester's account at Mechanical Turk, section <c>MechanicalTurk</c>.</summary>
public sealed class MechanicalTurkOptions : IValidatableObject
{
    public const string Section = "MechanicalTurk";

    /// <summary>Address of the API. Default the sandbox, where nothing is paid; the paid one is <c>https://mturk-requester.us-east-1.amazonaws.com</c>.</summary>
    [Required]
    public string Endpoint { get; set; } = "https://mturk-requester-sandbox.us-east-1.amazonaws.com";

    /// <summary>Region that requests are signed for. Default us-east-1, the only one there is.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>Id of the access key. Default none: queues for a crowd are refused.</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>The secret access key; from the environment or a Key Vault, never from a file of the repository. Default none.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>Session token of temporary keys. Default none.</summary>
    public string SessionToken { get; set; } = "";

    /// <summary>An address that is encrypted, but on this machine.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            yield return new ValidationResult($"MechanicalTurk:Endpoint is '{Endpoint}'; expected an https address such as https://mturk-requester-sandbox.us-east-1.amazonaws.com.", [nameof(Endpoint)]);
        }

        if (AccessKey.Length > 0 != SecretKey.Length > 0)
        {
            yield return new ValidationResult("MechanicalTurk:AccessKey and MechanicalTurk:SecretKey go together. Set both, or neither.", [nameof(AccessKey)]);
        }
    }
}
