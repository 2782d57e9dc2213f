using EContract.Hosting.Callers;

namespace EContract.Signer.Grpc;

/// <summary>Which callers the Signer's methods admit.</summary>
public static class SignerPolicy
{
    private const string Enrollment = "/econtract.signer.v1.EnrollmentService/";
    private const string Signing = "/econtract.signer.v1.SigningService/";
    private const string Evidence = "/econtract.archive.v1.EvidenceService/";
    private const string Archive = "/econtract.archive.v1.ArchiveService/";

    public static RpcPolicy Create() =>
        new RpcPolicy()
            .Admit($"{Enrollment}BeginEnrollment", Role.Portal)
            .Admit($"{Enrollment}CompleteEnrollment", Role.Portal)
            .Admit($"{Enrollment}AcceptCertificate", Role.Portal)
            .Admit($"{Enrollment}ResendOtp", Role.Portal)
            .Admit($"{Enrollment}GetCredential", Role.Portal, Role.RaMaker, Role.RaApprover, Role.Admin)
            .Admit($"{Enrollment}ListCredentials", Role.Portal, Role.RaMaker, Role.RaApprover, Role.Admin)
            .Admit($"{Enrollment}BeginChallenge", Role.Portal)
            .Admit($"{Enrollment}ChangePin", Role.Portal)
            .Admit($"{Enrollment}LockCredential", Role.Portal, Role.RaMaker, Role.RaApprover)
            .Admit($"{Enrollment}ConfirmUnlock", Role.Portal)
            .Admit($"{Enrollment}EnrollTotp", Role.Portal)
            .Admit($"{Enrollment}ConfirmTotp", Role.Portal)
            .Admit($"{Signing}UploadDocument", Role.Portal)
            .Admit($"{Signing}GetDocument", Role.Portal)
            .Admit($"{Signing}BeginSigning", Role.Portal)
            .Admit($"{Signing}CompleteSigning", Role.Portal)
            .Admit($"{Signing}GetActivation", Role.Portal)
            .Admit($"{Signing}CancelActivation", Role.Portal)
            .Admit($"{Signing}GetSignedDocument", Role.Portal)
            .Admit($"{Signing}OpenSealSession", Role.Portal, Role.Load)
            .Admit($"{Signing}SealSign", Role.Portal, Role.Load)
            .Admit($"{Signing}CloseSealSession", Role.Portal, Role.Load)
            .Admit($"{Evidence}RegisterDigests", Role.Archive)
            .Admit($"{Evidence}CloseBatches", Role.Archive)
            .Admit($"{Evidence}ListBatches", Role.Archive, Role.Auditor)
            .Admit($"{Evidence}ExportRecord", Role.Archive)
            .Admit($"{Evidence}VerifyRecord", Role.Archive, Role.Auditor)
            .Admit($"{Evidence}ImportRecord", Role.Archive)
            .Admit($"{Evidence}RenewTimestamps", Role.Archive)
            .Admit($"{Evidence}RenewHashTrees", Role.Archive)
            .Admit($"{Evidence}WatchJobs", Role.Archive, Role.Auditor, Role.Admin)
            .LongLived($"{Evidence}WatchJobs")
            .Admit($"{Archive}Augment", Role.Archive, Role.Portal)
            .Admit($"{Archive}Restamp", Role.Archive)
            .Admit($"{Archive}GatherValidationData", Role.Archive, Role.Portal)
            .Admit($"{Archive}StampDigest", Role.Archive, Role.Portal)
            .Admit($"{Archive}RegisterDocument", Role.Archive)
            .Admit($"{Archive}GetDocument", Role.Archive)
            .Admit($"{Archive}ListDocuments", Role.Archive)
            .Admit($"{Archive}DeregisterDocument", Role.Archive)
            .Admit($"{Archive}RestampDocument", Role.Archive)
            .Admit($"{Archive}GetPlan", Role.Archive)
            .Admit($"{Archive}RefreshDeadlines", Role.Archive);
}
