using EContract.Hosting.Callers;

namespace EContract.Ca.Grpc;

/// <summary>Who may call what (R2, R14). What is not named here is denied.</summary>
public static class CaPolicy
{
    private const string Ca = "/econtract.ca.v1.CertificateAuthorityService/";
    private const string Ra = "/econtract.ra.v1.RegistrationService/";

    public static RpcPolicy Create() =>
        new RpcPolicy()
            .Admit(Ca + "IssueCertificate", Role.Service)
            .Admit(Ca + "GetCertificate", Role.Portal, Role.RaMaker, Role.RaApprover, Role.Archive, Role.Auditor, Role.Admin, Role.Service)
            .Admit(Ca + "ListCertificates", Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin, Role.Service)
            .Admit(Ca + "ExportCertificates", Role.Auditor, Role.Admin)
            .Admit(Ca + "RevokeCertificate", Role.Admin, Role.Service)
            .Admit(Ca + "WatchStatus", Role.Admin, Role.Service)
            .Admit(Ca + "IssueCrl", Role.RaApprover, Role.Admin)
            .Admit(Ca + "ListAuthorities", Role.Portal, Role.RaMaker, Role.RaApprover, Role.Archive, Role.Auditor, Role.Admin, Role.Service)
            .Admit(Ca + "ListProfiles", Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin)
            .Admit(Ra + "SubmitChange", Role.RaMaker)
            .Admit(Ra + "ApproveChange", Role.RaApprover)
            .Admit(Ra + "RejectChange", Role.RaMaker, Role.RaApprover)
            .Admit(Ra + "GetChange", Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin, Role.Service)
            .Admit(Ra + "ListChanges", Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin)
            .Admit(Ra + "GetSubscriber", Role.Portal, Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin, Role.Service)
            .Admit(Ra + "SearchSubscribers", Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin)
            .Admit(Ra + "ExportSubscribers", Role.Auditor, Role.Admin)
            .Admit(Ra + "GetApplication", Role.Portal, Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin, Role.Service)
            .Admit(Ra + "ListApplications", Role.Portal, Role.RaMaker, Role.RaApprover, Role.Auditor, Role.Admin, Role.Service)
            .Admit(Ra + "WatchChanges", Role.Admin, Role.Service)
            .LongLived(Ca + "WatchStatus")
            .LongLived(Ra + "WatchChanges");
}
