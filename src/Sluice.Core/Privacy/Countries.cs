namespace Sluice.Privacy;

/// <summary>ISO 3166 codes.</summary>
static class Countries
{
    const string Codes = "ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

    static readonly HashSet<string> codes = [.. Codes.Split(' ')];

    /// <summary>Top-level domains that are words, beside those of countries: the ones that most addresses end with.</summary>
    static readonly HashSet<string> words = [.. "com org net edu gov mil int info biz name pro io ai app dev co me tv cloud online site store shop blog tech xyz club email live news agency digital group world today life space website design work academy bank center company consulting energy finance global health jobs law media network solutions studio support systems team tools travel video wiki museum aero coop post mobi asia cat tel eu uk arpa example test local localhost invalid".Split(' ')];

    public static bool IsCode(byte first, byte second) => codes.Contains($"{(char)(first | 0x20)}{(char)(second | 0x20)}");

    /// <summary>Whether a name can end with this label.</summary>
    public static bool IsTopLevel(ReadOnlySpan<char> label) =>
        codes.GetAlternateLookup<ReadOnlySpan<char>>().Contains(label) || words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(label);
}
