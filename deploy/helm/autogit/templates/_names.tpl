{{- define "autogit.name" -}}
{{- if .Values.nameOverride -}}
{{- .Values.nameOverride -}}
{{- else if contains "autogit" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-autogit" (.Release.Name | trunc 42 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{- define "autogit.selector" -}}
app.kubernetes.io/name: autogit
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "autogit.labels" -}}
{{ include "autogit.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "autogit.image" -}}
{{- $image := .Values.image -}}
{{- $image.repository -}}:{{- $image.tag | default .Chart.AppVersion -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- define "autogit.policyConfigMap" -}}
{{- if .Values.policy.existingConfigMap -}}
{{- .Values.policy.existingConfigMap -}}
{{- else if .Values.policy.rules -}}
{{- include "autogit.name" . }}-policy
{{- end -}}
{{- end -}}

{{- define "autogit.claim" -}}
{{- .Values.state.existingClaim | default (printf "%s-state" (include "autogit.name" .)) -}}
{{- end -}}

{{- define "autogit.probe" -}}
port: http
httpHeaders:
  - name: Host
    value: localhost
{{- end -}}
