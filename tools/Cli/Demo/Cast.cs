using EContract.Proto.Ra.V1;
using EContract.Proto.Signer.V1;

namespace EContract.Cli.Demo;

/// <summary>Who signs the loan contract: the bank, the debtor, the joint guarantor. They don't exist.</summary>
internal static class Cast
{
    // The boxes on the last page of demo/loan-contract.pdf, right half, in points.
    private const double Left = 305;
    private const double Width = 220;
    private const double Height = 86;

    public static Party Bank() =>
        new(
            new SubscriberData
            {
                Kind = SubscriberKind.Organisation,
                Name = "株式会社みらい銀行",
                Kana = "カブシキガイシャミライギンコウ",
                RomanisedName = "Mirai Bank Ltd.",
                Email = "seal@mirai-bank.example",
                Mobile = "+819000000000",
                Organisation = new Organisation
                {
                    Name = "株式会社みらい銀行",
                    RomanisedName = "Mirai Bank Ltd.",
                    CorporateNumber = "7010001008844",
                    Department = "融資部",
                },
            },
            "organisation-seal",
            "貸主",
            "RSA_2048",
            At(559)
        );

    public static Party Debtor() =>
        new(
            Person("山田太郎", "ヤマダタロウ", "Taro Yamada", "taro.yamada@mail.example", "0001"),
            "subscriber-individual",
            "債務者",
            "EC_P256",
            At(449)
        );

    public static Party Guarantor() =>
        new(
            Person("佐藤花子", "サトウハナコ", "Hanako Sato", "hanako.sato@mail.example", "0002"),
            "subscriber-individual",
            "連帯保証人",
            "RSA_2048",
            At(339)
        );

    private static SubscriberData Person(string name, string kana, string romanised, string email, string number) =>
        new()
        {
            Kind = SubscriberKind.Individual,
            Name = name,
            Kana = kana,
            RomanisedName = romanised,
            Email = email,
            Mobile = $"+8190000{number}0",
            // The demonstration may run again on the same state: a customer is registered once.
            CustomerNumber = $"C-{number}-{System.Security.Cryptography.RandomNumberGenerator.GetHexString(8)}",
        };

    private static Placement At(double y) =>
        new()
        {
            Page = 0,
            X = Left,
            Y = y,
            Width = Width,
            Height = Height,
        };
}
