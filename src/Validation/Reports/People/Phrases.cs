using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Validation.Conclusions;

namespace EContract.Validation.Reports.People;

/// <summary>What the reports say, in each language. A table that lacks a value is found by a test.</summary>
internal static class Phrases
{
    private static readonly Dictionary<FindingCode, (string Japanese, string English)> Findings = new()
    {
        [FindingCode.Malformed] = ("データの形式が正しくなく、読み取れません", "The data is malformed and can't be read"),
        [FindingCode.NoSignature] = ("署名もタイムスタンプもありません", "There is no signature and no time-stamp"),
        [FindingCode.ByteRangeUnsound] = ("署名の対象範囲が不正です", "The range of bytes that the signature covers is unsound"),
        [FindingCode.PartOfRevisionCovered] = ("文書の一部しか署名されていません", "The signature covers a part of its revision only"),
        [FindingCode.NoSignerInfo] = ("署名データに署名者がありません", "The signature data names no signer"),
        [FindingCode.ContentTypeMismatch] = ("署名された内容の種別が一致しません", "The signed content type is another one"),
        [FindingCode.SignedDataMissing] = ("署名対象のデータが与えられていません", "What was signed was not given"),
        [FindingCode.DigestMismatch] = ("署名後に内容が変更されています", "The content was changed after it was signed"),
        [FindingCode.SignatureMismatch] = ("署名値が署名者の鍵と一致しません", "The signature value is not of the signer's key"),
        [FindingCode.AlgorithmUnknown] = ("対応していない暗号アルゴリズムです", "The cryptographic algorithm is not known"),
        [FindingCode.AlgorithmNotReliable] = (
            "暗号アルゴリズムの安全性が失われています",
            "A cryptographic algorithm is not reliable at that time"
        ),
        [FindingCode.SigningCertificateMissing] = ("署名者の証明書が見つかりません", "The signer's certificate was not found"),
        [FindingCode.SigningCertificateMismatch] = (
            "署名者の証明書が署名時のものと異なります",
            "The certificate is not the one that was signed"
        ),
        [FindingCode.SigningCertificateNotProtected] = ("証明書が署名で保護されていません", "No signed attribute protects the certificate"),
        [FindingCode.NoTrustAnchor] = ("信頼する認証局につながりません", "No chain leads to a trusted authority"),
        [FindingCode.ChainInvalid] = ("証明書の連鎖が正しくありません", "The chain of certificates is invalid"),
        [FindingCode.ChainConstraint] = ("証明書が用途や方針の条件を満たしません", "A certificate doesn't meet what its use requires"),
        [FindingCode.CertificateExpired] = ("証明書の有効期間が過ぎています", "A certificate has expired"),
        [FindingCode.CertificateNotYetValid] = ("証明書の有効期間が始まっていません", "A certificate is not yet valid"),
        [FindingCode.CertificateRevoked] = ("署名者の証明書は失効しています", "The signer's certificate is revoked"),
        [FindingCode.AuthorityRevoked] = ("認証局の証明書は失効しています", "An authority's certificate is revoked"),
        [FindingCode.CertificateOnHold] = ("証明書は一時停止中です", "A certificate is on hold"),
        [FindingCode.NoRevocationInformation] = ("失効情報がありません", "There is no revocation information"),
        [FindingCode.StaleRevocationInformation] = ("失効情報が古すぎます", "The revocation information is out of date"),
        [FindingCode.TimeStampInvalid] = ("タイムスタンプを確認できません", "A time-stamp could not be confirmed"),
        [FindingCode.TimeStampMismatch] = ("タイムスタンプの対象が変更されています", "What was time-stamped has been changed"),
        [FindingCode.TimeStampOrder] = ("タイムスタンプの順序が矛盾しています", "The times of the time-stamps contradict each other"),
        [FindingCode.TimeStampMissing] = ("必要なタイムスタンプがありません", "A time-stamp is required and missing"),
        [FindingCode.TimeStampDelay] = ("タイムスタンプの付与が遅すぎます", "The time-stamp came too late"),
        [FindingCode.NoProofOfExistence] = (
            "有効だった時点に存在したことを証明できません",
            "Nothing proves that it existed while it was valid"
        ),
        [FindingCode.ProvenByTimeStamp] = ("タイムスタンプにより存在時刻が証明されています", "A time-stamp proves when it existed"),
        [FindingCode.EvidenceRecordInvalid] = ("エビデンスレコードを確認できません", "The evidence record could not be confirmed"),
        [FindingCode.ChangeNotAllowed] = (
            "署名後に許されない変更があります",
            "The document was changed after signing in a way that is not allowed"
        ),
        [FindingCode.ChangeAllowed] = ("署名後に許された変更があります", "The document was changed after signing in a way that is allowed"),
        [FindingCode.LockedFieldChanged] = ("署名で固定された入力欄が変更されています", "A field that the signature locked was changed"),
        [FindingCode.SignatureRemoved] = ("以前あった署名が取り除かれています", "A signature that was there earlier was removed"),
        [FindingCode.DuplicateObject] = ("同じ番号の部品が重複しています", "An object is there twice, and viewers may show either"),
    };

    public static string Of(FindingCode code, ReportLanguage language) => Pick(Findings[code], language);

    public static string Of(Indication indication, ReportLanguage language) =>
        Pick(
            indication switch
            {
                Indication.Passed => ("有効", "valid"),
                Indication.Failed => ("無効", "invalid"),
                _ => ("判定できません", "can't be decided"),
            },
            language
        );

    public static string Of(SignatureRole role, ReportLanguage language) =>
        Pick(
            role switch
            {
                SignatureRole.Signature => ("署名", "Signature"),
                SignatureRole.SignatureTimeStamp => ("署名タイムスタンプ", "Signature time-stamp"),
                SignatureRole.ContentTimeStamp => ("コンテンツタイムスタンプ", "Content time-stamp"),
                SignatureRole.ArchiveTimeStamp => ("アーカイブタイムスタンプ", "Archive time-stamp"),
                SignatureRole.DocumentTimeStamp => ("文書タイムスタンプ", "Document time-stamp"),
                SignatureRole.EvidenceRecord => ("エビデンスレコード", "Evidence record"),
                _ => ("タイムスタンプトークン", "Time-stamp token"),
            },
            language
        );

    public static string Of(SignatureCoverage coverage, ReportLanguage language) =>
        Pick(
            coverage switch
            {
                SignatureCoverage.File => ("文書全体", "the whole document"),
                SignatureCoverage.Revision => (
                    "その時点の文書全体（以後に更新あり）",
                    "the whole document as it was then; it was updated afterwards"
                ),
                SignatureCoverage.Partial => ("文書の一部", "a part of the document"),
                _ => ("不正な範囲", "an unsound range"),
            },
            language
        );

    public static string Of(CertificationLevel level, ReportLanguage language) =>
        Pick(
            level switch
            {
                CertificationLevel.NoChanges => ("以後の変更をすべて禁止", "no changes afterwards"),
                CertificationLevel.FormFilling => ("以後は記入と署名のみ許可", "only filling in and signing afterwards"),
                CertificationLevel.Annotating => ("以後は記入・署名・注釈のみ許可", "only filling in, signing and annotating afterwards"),
                _ => ("指定なし", "nothing said"),
            },
            language
        );

    public static string Of(ReportWord word, ReportLanguage language) =>
        Pick(
            word switch
            {
                ReportWord.Title => ("電子署名検証報告書", "Signature validation report"),
                ReportWord.Name => ("対象", "Subject"),
                ReportWord.ValidationTime => ("検証基準時刻", "Validated for"),
                ReportWord.Policy => ("検証方針", "Policy"),
                ReportWord.Verdict => ("判定", "Verdict"),
                ReportWord.Revisions => ("更新回数", "Revisions"),
                ReportWord.Signer => ("署名者", "Who"),
                ReportWord.Authority => ("時刻認証局", "Authority"),
                ReportWord.TrustAnchor => ("信頼の基点", "Trusted through"),
                ReportWord.ClaimedTime => ("申告された署名時刻", "Time claimed by the signer"),
                ReportWord.StampedTime => ("時刻", "Time"),
                ReportWord.ProvenTime => ("存在が証明された時刻", "Proven to have existed at"),
                ReportWord.Covers => ("署名の範囲", "What"),
                ReportWord.Permits => ("変更の許可", "Allows"),
                ReportWord.Reason => ("署名の理由", "Reason for signing"),
                ReportWord.Why => ("理由", "Why"),
                ReportWord.Remarks => ("備考", "Remarks"),
                ReportWord.Unknown => ("不明", "unknown"),
                ReportWord.Certificate => ("証明書", "Certificate"),
                ReportWord.Validity => ("有効期間", "Validity"),
                _ => ("文書に関する所見", "Findings in the document"),
            },
            language
        );

    private static string Pick((string Japanese, string English) phrase, ReportLanguage language) =>
        language == ReportLanguage.Japanese ? phrase.Japanese : phrase.English;
}
