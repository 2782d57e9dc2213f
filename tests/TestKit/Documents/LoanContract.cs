using EContract.Pdf;
using EContract.Pdf.Authoring;
using EContract.Pdf.Fonts;

namespace EContract.TestKit.Documents;

/// <summary>
/// The loan contract that is shipped as demo/loan-contract.pdf: 金銭消費貸借契約書 with terms, articles and a last page with a box for
/// each party's signature. All of it is invented.
/// </summary>
public static class LoanContract
{
    private const double Left = 72;
    private const double Right = 523;
    private const double Bottom = 80;
    private const double Size = 10.5;
    private const double Leading = 18;

    /// <summary>Box of the lender (甲) on the last page, for <see cref="SignaturePlacement"/>.</summary>
    public static Rectangle LenderBox { get; } = new(250, 560, 272, 84);

    /// <summary>Box of the debtor (乙) on the last page.</summary>
    public static Rectangle DebtorBox { get; } = new(250, 450, 272, 84);

    /// <summary>Box of the joint guarantor (丙) on the last page.</summary>
    public static Rectangle GuarantorBox { get; } = new(250, 340, 272, 84);

    private static readonly (string Item, string Value)[] Terms =
    [
        ("貸付金額", "金 5,000,000 円"),
        ("契約締結日", "2026年11月20日"),
        ("貸付実行日", "2026年12月1日"),
        ("資金使途", "住宅の改修費用"),
        ("利率", "年 2.475 ％（固定金利、年365日の日割計算）"),
        ("返済期間", "2027年1月から2033年12月まで（84回）"),
        ("返済方法", "元利均等毎月返済"),
        ("毎月返済額", "金 64,937 円（最終回は端数を調整する）"),
        ("返済日", "毎月27日（銀行休業日の場合は翌営業日）"),
        ("返済用口座", "みらい銀行 本店 普通預金 1234567"),
        ("遅延損害金", "年 14.0 ％"),
    ];

    private static readonly (string Title, string Text)[] Articles =
    [
        (
            "契約の成立",
            "甲は、乙に対し、本契約書の定めるところにより、前記の貸付金額を貸し付けることを約し、乙はこれを借り受けることを約した。"
        ),
        (
            "貸付の実行",
            "甲は、貸付実行日に、貸付金額を返済用口座へ入金する方法により貸付を実行する。この入金をもって、乙は貸付金額の全額を受領したものとする。"
        ),
        (
            "元利金の返済",
            "乙は、返済日までに毎月返済額相当額を返済用口座に預け入れる。甲は、返済日に、普通預金通帳および払戻請求書によらず、同口座から払い戻して返済に充当する。"
        ),
        (
            "繰上返済",
            "乙は、甲に申し出ることにより、返済期間の途中であっても、借入元本の全部または一部を繰り上げて返済することができる。繰上返済の手数料は、これを要しない。"
        ),
        (
            "遅延損害金",
            "乙が元利金の返済を怠ったときは、返済すべき元本の額に対し、返済日の翌日から支払済みに至るまで、年 14.0 ％の割合（年365日の日割計算）による損害金を支払う。"
        ),
        (
            "期限の利益の喪失",
            "乙について、次の各号の事由が一つでも生じたときは、甲からの通知催告がなくても、乙は期限の利益を失い、ただちに債務の全額を返済する。\n（1）支払の停止、または破産手続開始もしくは民事再生手続開始の申立てがあったとき。\n（2）手形交換所または電子債権記録機関の取引停止処分を受けたとき。\n（3）返済を2か月以上怠り、甲が相当の期間を定めて書面により催告しても、その期間内に返済しなかったとき。\n（4）住所変更の届出を怠るなど、乙の責めに帰すべき事由により、甲にその所在が不明となったとき。"
        ),
        (
            "届出事項の変更",
            "乙および丙は、氏名、住所、電子メールアドレス、携帯電話番号その他甲に届け出た事項に変更があったときは、ただちに甲に届け出る。氏名または電子メールアドレスの変更があったときは、署名用電子証明書の再発行を受ける。"
        ),
        (
            "連帯保証",
            "丙は、乙が本契約により甲に対して負担する一切の債務について、乙と連帯して保証し、その履行については本契約の各条項に従う。丙は、甲がその都合によって担保または他の保証を変更し、または解除しても、免責を主張しない。"
        ),
        (
            "情報の提供",
            "甲は、丙から請求があったときは、遅滞なく、主たる債務の元本、利息および損害金の不履行の有無ならびにこれらの残額に関する情報を提供する（民法第458条の2）。"
        ),
        (
            "反社会的勢力の排除",
            "乙および丙は、暴力団、暴力団員その他これらに準ずる者に該当しないこと、および将来にわたっても該当しないことを確約する。これに反したときは、甲は何らの催告を要せず、期限の利益を喪失させることができる。"
        ),
        (
            "電子署名",
            "本契約は、電磁的記録により締結する。甲、乙および丙は、それぞれの署名用電子証明書によりこの記録に電子署名を行い、時刻認証局によるタイムスタンプを付す。電子署名を付したこの記録をもって原本とし、これを印刷した書面は副本とする。"
        ),
        (
            "秘密の管理",
            "乙および丙は、暗証コードおよびワンタイムパスワードを自ら管理し、他人に使用させない。これらが漏れ、または漏れたおそれがあるときは、ただちに甲に届け出て、署名用電子証明書の失効を求める。"
        ),
        (
            "費用の負担",
            "本契約の締結に要する費用、および本契約にもとづく債務の履行を求めるために要する費用は、法令に反しない限り、乙の負担とする。"
        ),
        (
            "準拠法および管轄",
            "本契約の準拠法は日本法とする。本契約に関して訴訟の必要が生じたときは、甲の本店の所在地を管轄する地方裁判所を管轄裁判所とする。"
        ),
    ];

    /// <summary>Typesets the contract.</summary>
    /// <param name="mincho">for the text, such as IPA明朝</param>
    /// <param name="gothic">for the headings, such as IPAゴシック</param>
    public static byte[] Write(TrueTypeFont mincho, TrueTypeFont gothic)
    {
        var document = new PaperDocument { Title = "金銭消費貸借契約書", Author = "株式会社みらい銀行" };
        Typeface text = document.AddTypeface(mincho, gothic);
        Typeface heading = document.AddTypeface(gothic, mincho);
        PaperPage page = document.AddPage();
        double y = FirstPage(page, text, heading);
        for (int i = 0; i < Articles.Length; i++)
        {
            (string title, string body) = Articles[i];
            IReadOnlyList<string> lines = text.Break(body, Size, Right - Left - 14);
            // A heading stays with at least two lines of its article.
            if (y - Leading * (1 + Math.Min(2, lines.Count)) < Bottom)
            {
                page = document.AddPage();
                y = page.Height - 80;
            }
            page.Text(heading, Size, Left, y, $"第{i + 1}条（{title}）");
            y -= Leading;
            foreach (string line in lines)
            {
                if (y < Bottom)
                {
                    page = document.AddPage();
                    y = page.Height - 80;
                }
                page.Text(text, Size, Left + 14, y, line);
                y -= Leading;
            }
            y -= 8;
        }
        LastPage(document.AddPage(), text, heading);
        for (int i = 0; i < document.Pages.Count; i++)
        {
            string number = $"{i + 1} ／ {document.Pages.Count}";
            Centre(document.Pages[i], text, 9, 44, number);
        }
        return document.ToArray();
    }

    private static double FirstPage(PaperPage page, Typeface text, Typeface heading)
    {
        Centre(page, heading, 20, 752, "金銭消費貸借契約書");
        page.Text(text, 9, 400, 790, "契約番号　ML-2026-001234");
        double y = 712;
        const string Preamble =
            "株式会社みらい銀行（以下「甲」という。）、山田太郎（以下「乙」という。）および佐藤花子（以下「丙」という。）は、次のとおり金銭消費貸借契約（以下「本契約」という。）を締結する。";
        foreach (string line in text.Break(Preamble, Size, Right - Left))
        {
            page.Text(text, Size, Left, y, line);
            y -= Leading;
        }
        y -= 10;
        page.Text(heading, 12, Left, y, "貸付の要項");
        y -= 10;
        double top = y;
        foreach ((string item, string value) in Terms)
        {
            page.Line(Left, y, Right, y);
            page.Text(heading, Size, Left + 8, y - 16, item);
            page.Text(text, Size, Left + 118, y - 16, value);
            y -= 24;
        }
        page.Line(Left, y, Right, y);
        page.Line(Left, top, Left, y);
        page.Line(Left + 110, top, Left + 110, y);
        page.Line(Right, top, Right, y);
        return y - 34;
    }

    private static void LastPage(PaperPage page, Typeface text, Typeface heading)
    {
        Centre(page, heading, 14, 750, "電子署名欄");
        double y = 714;
        const string Closing = "本契約の成立を証するため、この電磁的記録を作成し、甲、乙および丙がそれぞれ電子署名を行う。";
        foreach (string line in text.Break(Closing, Size, Right - Left))
        {
            page.Text(text, Size, Left, y, line);
            y -= Leading;
        }
        Party(page, text, heading, LenderBox, "甲（貸主）", "株式会社みらい銀行", "東京都千代田区丸の内一丁目1番1号");
        Party(page, text, heading, DebtorBox, "乙（債務者）", "山田太郎", "東京都文京区本郷二丁目2番2号");
        Party(page, text, heading, GuarantorBox, "丙（連帯保証人）", "佐藤花子", "神奈川県横浜市中区山下町3番地");
        page.Text(text, 8.5, Left, 300, "（この書面は見本であり、記載された人物、法人および契約は実在しない。）");
    }

    private static void Party(PaperPage page, Typeface text, Typeface heading, Rectangle box, string role, string name, string address)
    {
        page.Frame(new Rectangle(Left, box.Y - 6, Right - Left + 6, box.Height + 12));
        page.Text(heading, Size, Left + 8, box.Top - 16, role);
        page.Text(text, 12, Left + 8, box.Top - 40, name);
        double y = box.Top - 58;
        foreach (string line in text.Break(address, 9, box.X - Left - 20))
        {
            page.Text(text, 9, Left + 8, y, line);
            y -= 13;
        }
    }

    private static void Centre(PaperPage page, Typeface typeface, double size, double y, string text) =>
        page.Text(typeface, size, (page.Width - typeface.Width(text, size)) / 2, y, text);
}
