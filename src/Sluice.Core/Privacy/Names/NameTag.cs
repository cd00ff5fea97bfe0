namespace Sluice.Privacy.Names;

/// <summary>What a word is part of.</summary>
enum NameTag : byte
{
    None,
    Person,
    Location,
    Organization,
}

static class NameTags
{
    public static string Entity(this NameTag tag) => tag switch
    {
        NameTag.Person => "person",
        NameTag.Location => "location",
        _ => "organization",
    };
}
