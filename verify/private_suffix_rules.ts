/**
 * The private part of the public suffix list (publicsuffix.org, MPL-2.0), as the npm package tldts
 * 7.6.0 has it: the labels below each name. Made by `deno task update:suffixes`; do not edit.
 *
 * @module
 */

/**
 * `gg: uk: ac co` are the rules `ac.gg`, `ac.uk` and so on; `.` is above the top-level
 * domains; `+` stands for com edu gov net org.
 */
export const PRIVATE_RULES: string = `
001.test.code-builder-stg.platform.salesforce.com: 0e.vc: 0emm.com: 2na.am: aa.crm.dev: ab.crm.dev:
ac.crm.dev: ad.crm.dev: advisor.ws: ae.crm.dev: af-south-1.airflow.amazonaws.com:
af-south-1.rds.amazonaws.com: af.crm.dev: airflow.af-south-1.on.aws: airflow.ap-east-1.on.aws:
airflow.ap-northeast-1.on.aws: airflow.ap-northeast-2.on.aws: airflow.ap-northeast-3.on.aws:
airflow.ap-south-1.on.aws: airflow.ap-south-2.on.aws: airflow.ap-southeast-1.on.aws:
airflow.ap-southeast-2.on.aws: airflow.ap-southeast-3.on.aws: airflow.ap-southeast-4.on.aws:
airflow.ap-southeast-5.on.aws: airflow.ap-southeast-7.on.aws: airflow.ca-central-1.on.aws:
airflow.ca-west-1.on.aws: airflow.cn-north-1.on.amazonwebservices.com.cn:
airflow.cn-northwest-1.on.amazonwebservices.com.cn: airflow.eu-central-1.on.aws:
airflow.eu-central-2.on.aws: airflow.eu-north-1.on.aws: airflow.eu-south-1.on.aws:
airflow.eu-south-2.on.aws: airflow.eu-west-1.on.aws: airflow.eu-west-2.on.aws:
airflow.eu-west-3.on.aws: airflow.il-central-1.on.aws: airflow.me-central-1.on.aws:
airflow.me-south-1.on.aws: airflow.sa-east-1.on.aws: airflow.us-east-1.on.aws:
airflow.us-east-2.on.aws: airflow.us-west-1.on.aws: airflow.us-west-2.on.aws: airoapp.ai:
aivencloud.com: alces.network: ap-east-1.airflow.amazonaws.com: ap-east-1.cs.amazonlightsail.com:
ap-east-1.rds.amazonaws.com: ap-east-2.rds.amazonaws.com: ap-north-1.r.cloud.int.apple:
ap-northeast-1.airflow.amazonaws.com: ap-northeast-1.cs.amazonlightsail.com:
ap-northeast-1.rds.amazonaws.com: ap-northeast-2.airflow.amazonaws.com:
ap-northeast-2.cs.amazonlightsail.com: ap-northeast-2.rds.amazonaws.com:
ap-northeast-3.airflow.amazonaws.com: ap-northeast-3.rds.amazonaws.com:
ap-south-1.airflow.amazonaws.com: ap-south-1.cs.amazonlightsail.com: ap-south-1.r.cloud.int.apple:
ap-south-1.rds.amazonaws.com: ap-south-2.airflow.amazonaws.com: ap-south-2.r.cloud.int.apple:
ap-south-2.rds.amazonaws.com: ap-southeast-1.airflow.amazonaws.com:
ap-southeast-1.cs.amazonlightsail.com: ap-southeast-1.rds.amazonaws.com:
ap-southeast-2.airflow.amazonaws.com: ap-southeast-2.cs.amazonlightsail.com:
ap-southeast-2.rds.amazonaws.com: ap-southeast-3.airflow.amazonaws.com:
ap-southeast-3.cs.amazonlightsail.com: ap-southeast-3.rds.amazonaws.com:
ap-southeast-4.airflow.amazonaws.com: ap-southeast-4.rds.amazonaws.com:
ap-southeast-5.airflow.amazonaws.com: ap-southeast-5.cs.amazonlightsail.com:
ap-southeast-5.rds.amazonaws.com: ap-southeast-6.rds.amazonaws.com:
ap-southeast-7.airflow.amazonaws.com: ap-southeast-7.rds.amazonaws.com: apps.grok.bot:
appwrite.run: at.playit.plus: at.ply.gg: atlassian-3p-us-gov-mod.com: atlassian-3p.com:
atlassian-isolated-3p.com: auiusercontent.com: awdev.ca: awsapprunner.com:
azure.databricksapps.com: azurecontainer.io: beget.app: begetcdn.cloud: build.run:
builder.code.com: builtwithrocket.new: bwcloud-os-instance.de: c.ts.net:
ca-central-1.airflow.amazonaws.com: ca-central-1.cs.amazonlightsail.com:
ca-central-1.rds.amazonaws.com: ca-west-1.airflow.amazonaws.com: ca-west-1.rds.amazonaws.com:
ci.crm.dev: cloud.int.apple: cloud.metacentrum.cz: cloudera.site: clusters.rdpa.co:
cn-north-1.airflow.amazonaws.com.cn: cn-northwest-1.airflow.amazonaws.com.cn: cn.st: code.run:
compute-1.amazonaws.com: compute.amazonaws.com: compute.amazonaws.com.cn: compute.estate:
compute.herokuapp.com: cursorusercontent.com: customer-oci.com: d.crm.dev: database.run:
dev-builder.code.com: dev.adobeaemcloud.com: developer.app: devinapps.com: digitaloceanspaces.com:
dweb.link: elb.amazonaws.com: elb.amazonaws.com.cn: eth.limo: eth.link:
eu-central-1.airflow.amazonaws.com: eu-central-1.cs.amazonlightsail.com:
eu-central-1.r.cloud.int.apple: eu-central-1.rds.amazonaws.com: eu-central-2.airflow.amazonaws.com:
eu-central-2.rds.amazonaws.com: eu-north-1.airflow.amazonaws.com:
eu-north-1.cs.amazonlightsail.com: eu-north-1.r.cloud.int.apple: eu-south-1.airflow.amazonaws.com:
eu-south-2.airflow.amazonaws.com: eu-south-2.cs.amazonlightsail.com:
eu-west-1.airflow.amazonaws.com: eu-west-1.cs.amazonlightsail.com: eu-west-1.rds.amazonaws.com:
eu-west-2.airflow.amazonaws.com: eu-west-2.cs.amazonlightsail.com: eu-west-2.rds.amazonaws.com:
eu-west-3.airflow.amazonaws.com: eu-west-3.cs.amazonlightsail.com: eu-west-3.rds.amazonaws.com:
ewp.live: ex.futurecms.at: ex.ortsinfo.at: experiments.sagemaker.aws: firenet.ch: frusky.de:
futurecms.at: gateway.dev: host.cloud: hosted.app: hosting.myjino.ru: hosting.ovh.net: icp.net:
id.pub: il-central-1.airflow.amazonaws.com: il-central-1.rds.amazonaws.com: in.futurecms.at:
inbrowser.dev: inbrowser.link: kin.one: kin.pub: kunden.ortsinfo.at: landing.myjino.ru: lcl.dev:
lclstage.dev: linodeobjects.com: localto.net: lutrausercontent.com: magentosite.cloud:
me-central-1.airflow.amazonaws.com: me-central-1.rds.amazonaws.com:
me-south-1.airflow.amazonaws.com: me-south-1.rds.amazonaws.com: metaaiusercontent.com:
migration.run: moonscale.io: mtls.run.app: mx-central-1.rds.amazonaws.com: nodebalancer.linode.com:
northflank.app: nxa.eu: oaiusercontent.com: oci.customer-oci.com: ocp.customer-oci.com:
ocs.customer-oci.com: on-k3s.io: on-rancher.cloud: on-rio.io: oraclecloudapps.com:
oraclegovcloudapps.com: oraclegovcloudapps.uk: otap.co: owo.codes: p.azurewebsites.net: pa.crm.dev:
pages.grok.bot: paywhirl.com: pb.crm.dev: pc.crm.dev: pd.crm.dev: pe.crm.dev: pf.crm.dev:
platformsh.site: prairielearn-user-content.com: private.repost.aws: privatelink.snowflake.app:
qualyhqpartner.com: qualyhqportal.com: quipelements.com: r.appspot.com: r.cloud.int.apple:
raw.icp0.io: raw.icp1.io: rds.cn-north-1.amazonaws.com.cn: rds.cn-northwest-1.amazonaws.com.cn:
replit.dev: run.app: s.brave.app: s.brave.dev: s.brave.io: sa-east-1.airflow.amazonaws.com:
sa-east-1.cs.amazonlightsail.com: sa-east-1.rds.amazonaws.com: services.clever-cloud.com:
shared.atlassian-3p-us-gov-mod.com: shared.atlassian-3p.com: shared.atlassian-isolated-3p.com:
snowflake.app: spectrum.myjino.ru: srvrless.rdpa.co: statics.cloud: stg-builder.code.com: stg.dev:
stgstage.dev: stolos.io: svc.firenet.ch: sys.qcx.io: teams.replit.dev: telebit.xyz: transurl.be:
transurl.eu: transurl.nl: triton.zone: tst.site: upsun.app: us-central-1.r.cloud.int.apple:
us-central-2.r.cloud.int.apple: us-east-1.airflow.amazonaws.com: us-east-1.cs.amazonlightsail.com:
us-east-1.r.cloud.int.apple: us-east-1.rds.amazonaws.com: us-east-2.airflow.amazonaws.com:
us-east-2.cs.amazonlightsail.com: us-east-2.r.cloud.int.apple: us-east-2.rds.amazonaws.com:
us-gov-east-1.rds.amazonaws.com: us-gov-west-1.rds.amazonaws.com: us-northeast-1.rds.amazonaws.com:
us-west-1.airflow.amazonaws.com: us-west-1.r.cloud.int.apple: us-west-1.rds.amazonaws.com:
us-west-2.airflow.amazonaws.com: us-west-2.cs.amazonlightsail.com: us-west-2.r.cloud.int.apple:
us-west-2.rds.amazonaws.com: us-west-3.r.cloud.int.apple: user.fm: user.localcert.dev:
usercontent.goog: vps.myjino.ru: vultrobjects.com: w.crm.dev: wa.crm.dev: wadl.top: wb.crm.dev:
wc.crm.dev: wd.crm.dev: we.crm.dev: webhare.dev: webpaas.ovh.net: wf.crm.dev: xenonconnect.de:
xmit.co: zerops.app: zerops.zone: ztna-dingtalk.com: * ac: drr feedback forms sch academy: official
accesspoint.s3-global.amazonaws.com: mrap addr.tools: cosidns.de: home-webserver.de: dyn
ae.flow.ch: alp1 af-south-1.amazonaws.com: ap-east-1.amazonaws.com: ap-northeast-3.amazonaws.com:
ap-south-2.amazonaws.com: ap-southeast-3.amazonaws.com: ap-southeast-4.amazonaws.com:
cn-northwest-1.amazonaws.com.cn: eu-central-2.amazonaws.com: eu-north-1.amazonaws.com:
eu-south-1.amazonaws.com: eu-south-2.amazonaws.com: eu-west-2.amazonaws.com:
eu-west-3.amazonaws.com: il-central-1.amazonaws.com: me-central-1.amazonaws.com:
me-south-1.amazonaws.com: sa-east-1.amazonaws.com: emrappui-prod emrnotebooks-prod emrstudio-prod
execute-api s3 s3-accesspoint s3-object-lambda s3-website af-south-1.amazoncognito.com:
ap-east-1.amazoncognito.com: ap-east-2.amazoncognito.com: ap-northeast-1.amazoncognito.com:
ap-northeast-2.amazoncognito.com: ap-northeast-3.amazoncognito.com: ap-south-1.amazoncognito.com:
ap-south-2.amazoncognito.com: ap-southeast-1.amazoncognito.com: ap-southeast-2.amazoncognito.com:
ap-southeast-3.amazoncognito.com: ap-southeast-4.amazoncognito.com:
ap-southeast-5.amazoncognito.com: ap-southeast-6.amazoncognito.com:
ap-southeast-7.amazoncognito.com: ca-central-1.amazoncognito.com: ca-west-1.amazoncognito.com:
cognito-idp.eusc-de-east-1.on.amazonwebservices.eu: eu-central-1.amazoncognito.com:
eu-central-2.amazoncognito.com: eu-north-1.amazoncognito.com: eu-south-1.amazoncognito.com:
eu-south-2.amazoncognito.com: eu-west-1.amazoncognito.com: eu-west-2.amazoncognito.com:
eu-west-3.amazoncognito.com: il-central-1.amazoncognito.com: lovable.app:
me-central-1.amazoncognito.com: me-south-1.amazoncognito.com: mx-central-1.amazoncognito.com:
sa-east-1.amazoncognito.com: auth af-south-1.on.aws: ap-east-1.on.aws: ap-northeast-1.on.aws:
ap-northeast-2.on.aws: ap-northeast-3.on.aws: ap-south-1.on.aws: ap-southeast-1.on.aws:
ap-southeast-2.on.aws: ap-southeast-3.on.aws: ca-central-1.on.aws: eu-central-1.on.aws:
eu-north-1.on.aws: eu-south-1.on.aws: eu-west-1.on.aws: eu-west-2.on.aws: eu-west-3.on.aws:
me-south-1.on.aws: sa-east-1.on.aws: us-east-1.on.aws: us-east-2.on.aws: us-west-1.on.aws:
us-west-2.on.aws: lambda-url transfer-webapp af-south-1.sagemaker.aws: ap-east-1.sagemaker.aws:
ap-northeast-3.sagemaker.aws: ap-southeast-3.sagemaker.aws: cn-north-1.sagemaker.com.cn:
cn-northwest-1.sagemaker.com.cn: eu-central-2.sagemaker.aws: eu-north-1.sagemaker.aws:
eu-south-1.sagemaker.aws: eu-south-2.sagemaker.aws: eu-west-3.sagemaker.aws:
il-central-1.sagemaker.aws: me-central-1.sagemaker.aws: me-south-1.sagemaker.aws:
sa-east-1.sagemaker.aws: notebook studio ag: obj ai: framer kiloapps uwu am: fm: radio
amazonaws.com: s3 s3-1 s3-ap-east-1 s3-ap-northeast-1 s3-ap-northeast-2 s3-ap-northeast-3
s3-ap-south-1 s3-ap-southeast-1 s3-ap-southeast-2 s3-ca-central-1 s3-eu-central-1 s3-eu-north-1
s3-eu-west-1 s3-eu-west-2 s3-eu-west-3 s3-external-1 s3-fips-us-gov-east-1 s3-fips-us-gov-west-1
s3-me-south-1 s3-sa-east-1 s3-us-east-2 s3-us-gov-east-1 s3-us-gov-west-1 s3-us-west-1 s3-us-west-2
s3-website-ap-northeast-1 s3-website-ap-southeast-1 s3-website-ap-southeast-2 s3-website-eu-west-1
s3-website-sa-east-1 s3-website-us-east-1 s3-website-us-gov-west-1 s3-website-us-west-1
s3-website-us-west-2 us-east-1 amba.host: app cdn fn go ap-east-2.on.aws: ap-south-2.on.aws:
ap-southeast-4.on.aws: ap-southeast-5.on.aws: ap-southeast-6.on.aws: ap-southeast-7.on.aws:
ca-west-1.on.aws: cn-north-1.on.amazonwebservices.com.cn:
cn-northwest-1.on.amazonwebservices.com.cn: eu-central-2.on.aws: eu-south-2.on.aws:
eusc-de-east-1.on.amazonwebservices.eu: il-central-1.on.aws: me-central-1.on.aws:
mx-central-1.on.aws: transfer-webapp ap-northeast-1.amazonaws.com: ap-northeast-2.amazonaws.com:
ap-south-1.amazonaws.com: ap-southeast-1.amazonaws.com: ap-southeast-2.amazonaws.com:
eu-central-1.amazonaws.com: analytics-gateway emrappui-prod emrnotebooks-prod emrstudio-prod
execute-api s3 s3-accesspoint s3-object-lambda s3-website ap-northeast-1.sagemaker.aws:
ap-northeast-2.sagemaker.aws: ap-south-1.sagemaker.aws: ap-southeast-1.sagemaker.aws:
ap-southeast-2.sagemaker.aws: eu-central-1.sagemaker.aws: eu-west-1.sagemaker.aws:
eu-west-2.sagemaker.aws: labeling notebook studio ap-south-2.sagemaker.aws:
ap-southeast-4.sagemaker.aws: notebook ap-southeast-5.amazonaws.com: execute-api s3 s3-accesspoint
s3-deprecated s3-object-lambda s3-website app: agilevibes aiven base44 blacktops botdash brave
claude clerk clerkstage cloudflare cloudzyro codepen convex corespeed crbts csb e2b easypanel
edgecompute encr expo fastedge flutterflow framer gadget github glideos hackclub hasura leapcell
loginline lovable luyani magicpatterns medusajs messerli miren mocha modelence netlify ngrok
ngrok-free noop nyat on-fleek ondigitalocean onhercules pplx puter replit retool rocketpreview
shiptoday sliplane spawnbase sprites streamlit telebit typedream vercel wal wasmer web windsurf
wnext zeabur apple: int army: navy: dns v6 aseinet.ne.jp: party.eus: user asia: cloudns daemon dix
aspirethemes.com: reliantlabs.dev: sites at: 123webseite 12hp 2ix 4 4lima dnshome futurehosting
futuremailing lima-city my myspreadshop priv aws-cloud9.af-south-1.amazonaws.com:
aws-cloud9.ap-east-1.amazonaws.com: aws-cloud9.ap-northeast-1.amazonaws.com:
aws-cloud9.ap-northeast-2.amazonaws.com: aws-cloud9.ap-northeast-3.amazonaws.com:
aws-cloud9.ap-south-1.amazonaws.com: aws-cloud9.ap-southeast-1.amazonaws.com:
aws-cloud9.ap-southeast-2.amazonaws.com: aws-cloud9.ca-central-1.amazonaws.com:
aws-cloud9.eu-central-1.amazonaws.com: aws-cloud9.eu-north-1.amazonaws.com:
aws-cloud9.eu-south-1.amazonaws.com: aws-cloud9.eu-west-1.amazonaws.com:
aws-cloud9.eu-west-2.amazonaws.com: aws-cloud9.eu-west-3.amazonaws.com:
aws-cloud9.il-central-1.amazonaws.com: aws-cloud9.me-south-1.amazonaws.com:
aws-cloud9.sa-east-1.amazonaws.com: aws-cloud9.us-east-1.amazonaws.com:
aws-cloud9.us-east-2.amazonaws.com: aws-cloud9.us-west-1.amazonaws.com:
aws-cloud9.us-west-2.amazonaws.com: webview-assets axarnet.cloud: es-1 azurestaticapps.net: 1 2 3 4
5 6 7 centralus eastasia eastus2 westeurope westus2 azurewebsites.net: australiacentral-01
australiacentral2-01 australiaeast-01 australiasoutheast-01 austriaeast-01 belgiumcentral-01
brazilsouth-01 brazilsoutheast-01 canadacentral-01 canadaeast-01 centralindia-01 centralus-01
centraluseuap-01 chilecentral-01 denmarkeast-01 eastasia-01 eastasiastage-01 eastus-01 eastus2-01
eastus2euap-01 eastus3-01 francecentral-01 francesouth-01 germanynorth-01 germanywestcentral-01
indiasouthcentral-01 indonesiacentral-01 israelcentral-01 israelnorthwest-01 italynorth-01
japaneast-01 japanwest-01 jioindiacentral-01 jioindiawest-01 koreacentral-01 koreasouth-01
malaysiawest-01 mexicocentral-01 newzealandnorth-01 northcentralus-01 northcentralusstage-01
northeastus5-01 northeurope-01 norwayeast-01 norwaywest-01 polandcentral-01 qatarcentral-01
southafricanorth-01 southafricawest-01 southcentralus-01 southcentralus2-01 southeastasia-01
southeastus5-01 southindia-01 spaincentral-01 swedencentral-01 swedensouth-01 switzerlandnorth-01
switzerlandwest-01 taiwannorth-01 taiwannorthwest-01 uaecentral-01 uaenorth-01 uksouth-01 ukwest-01
westcentralus-01 westeurope-01 westindia-01 westus-01 westus2-01 westus3-01 ba: rs bar: resolve
baremetal.scw.cloud: fr-par-1 fr-par-2 nl-ams-1 basketball: aus nz be: 123website cloudns my
myspreadshop webhosting bedrock-agentcore.ap-northeast-1.amazonaws.com:
bedrock-agentcore.ap-northeast-2.amazonaws.com: bedrock-agentcore.ap-south-1.amazonaws.com:
bedrock-agentcore.ap-south-2.amazonaws.com: bedrock-agentcore.ap-southeast-1.amazonaws.com:
bedrock-agentcore.ap-southeast-2.amazonaws.com: bedrock-agentcore.ap-southeast-5.amazonaws.com:
bedrock-agentcore.ap-southeast-7.amazonaws.com: bedrock-agentcore.ca-central-1.amazonaws.com:
bedrock-agentcore.eu-central-1.amazonaws.com: bedrock-agentcore.eu-north-1.amazonaws.com:
bedrock-agentcore.eu-south-1.amazonaws.com: bedrock-agentcore.eu-south-2.amazonaws.com:
bedrock-agentcore.eu-west-1.amazonaws.com: bedrock-agentcore.eu-west-2.amazonaws.com:
bedrock-agentcore.eu-west-3.amazonaws.com: bedrock-agentcore.sa-east-1.amazonaws.com:
bedrock-agentcore.us-east-1.amazonaws.com: bedrock-agentcore.us-east-2.amazonaws.com:
bedrock-agentcore.us-gov-west-1.amazonaws.com: bedrock-agentcore.us-west-1.amazonaws.com:
bedrock-agentcore.us-west-2.amazonaws.com: consent-portal beebyte.io: hosted-by-previder.com:
massivegrid.com: paas beebyteapp.io: sekd1 berlin: ge: wtf: ddns bg: pub: support: barsy biz:
activetrail cloud-ip cloudns dscloud dyndns for-better for-more for-some for-the jozi mmafan myftp
no-ip orx selfip webhop biz.ng: co dl go lg on bn: business: education: financial: technology: co
box: sail br: tche brendly.ba: brendly.hr: brendly.rs: shop bs: we bubble.io: cloudflare.net:
cloudflareanycast.net: cloudflarecn.net: cloudflareglobal.net: prod.atlassian-dev.net: cdn build:
shiptoday v0 windsurf builders: cloudsite by: mediatech bz: gsj mydns za ca: barsy box co
myspreadshop no-ip onid ca-central-1.amazonaws.com: ca-west-1.amazonaws.com:
us-gov-east-1.amazonaws.com: us-gov-west-1.amazonaws.com: us-west-1.amazonaws.com: emrappui-prod
emrnotebooks-prod emrstudio-prod execute-api s3 s3-accesspoint s3-accesspoint-fips s3-fips
s3-object-lambda s3-website ca-central-1.sagemaker.aws: us-east-1.sagemaker.aws:
us-east-2.sagemaker.aws: us-west-2.sagemaker.aws: labeling notebook notebook-fips studio
ca-west-1.sagemaker.aws: notebook notebook-fips canva.site: canvasite.cn: my case: sav cc: ccwu
cleverapps cloud-ip cloudns csx ec eu fantasyleague ftpaccess game-server gu loc myphotos pvf
scrapping sryze twmail uk us cd: cc cdn77.net: r cdn77.org: c rsc ch: 123website 12hp 2ix 4lima
cloudns dnsking gotdns lima-city linkyard-cloud myspreadshop square7 channelsdvr.net: u ci: kz us
xyz cl: nz: ph: cloudns claudeusercontent.com: frame cldmail.ru: hb cloud: antagonist convex
dnshome elementor emergent hstgr jele jote jotelulu keliweb kuleuven laravel linkyard matlab
observablehq online-server oxa primetel ravendb servebolt trafficplex unison-services urown vapor
voorloper zap cloud.muni.cz: flt usr cloud.nospamproxy.com: o365 cloud9.af-south-1.amazonaws.com:
cloud9.ap-east-1.amazonaws.com: cloud9.ap-northeast-1.amazonaws.com:
cloud9.ap-northeast-2.amazonaws.com: cloud9.ap-northeast-3.amazonaws.com:
cloud9.ap-south-1.amazonaws.com: cloud9.ap-southeast-1.amazonaws.com:
cloud9.ap-southeast-2.amazonaws.com: cloud9.ca-central-1.amazonaws.com:
cloud9.eu-central-1.amazonaws.com: cloud9.eu-north-1.amazonaws.com:
cloud9.eu-south-1.amazonaws.com: cloud9.eu-west-1.amazonaws.com: cloud9.eu-west-2.amazonaws.com:
cloud9.eu-west-3.amazonaws.com: cloud9.me-south-1.amazonaws.com: cloud9.sa-east-1.amazonaws.com:
cloud9.us-east-1.amazonaws.com: cloud9.us-east-2.amazonaws.com: cloud9.us-west-1.amazonaws.com:
cloud9.us-west-2.amazonaws.com: vfs webview-assets cloud9.il-central-1.amazonaws.com: vfs
cloudjiffy.net: fra1-de west1-us cloudlets.com.au: mel cloudplatform.fi: fi cloudscale.ch:
prod.thingdust.io: retrosnub.co.uk: cust club: barsy cloudns jele cn: canva-apps canva-code khsj
myqnapcloud cn-north-1.amazonaws.com.cn: emrappui-prod emrnotebooks-prod emrstudio-prod execute-api
s3 s3-accesspoint s3-deprecated s3-object-lambda s3-website co: carrd crd firewalledreplit hidns
leadpages lpages mypi repl supabase umso co.il: mytabit ravpage tabitorder co.kr: ipdisk co.uk:
barsy barsyonline myspreadshop nh-serv no-ip com: 180r 1cooldns 1kapp 3utilities 4u a2hosted abrdns
adobeaemcloud africa alibabacloudcs amazonlightsail amplifyapp appchizi applinzi apps-1and1
appspacehosted appspaceusercontent appspot atmeta authgear-staging authgearapps awsapps
awsglobalaccelerator balena-devices barsycenter barsyonline base44-sandbox blogdns blogspot
blogsyte boutir bplaced br builtwithdark bumbleshrimp cafjs canva-apps canva-hosted-embed canvacode
cdn77-storage cechire cf-ipfs ciscofreak claudeusercontent cloudflare-ipfs cn co codespot cprapid
cpserver damnserver dattolocal dattorelay dattoweb ddnsfree ddnsgeek ddnsguru ddnsking de
deployagent deus-canvas discordsays discordsez ditchyourip dnsabr dnsalias dnsdojo dnsiskinky
doesntexist dojin dontexist doomdns dopaas drayddns dreamhosters drive-platform dsmynas durumis
dyn-o-saur dynalias dyndns-at-home dyndns-at-work dyndns-blog dyndns-free dyndns-home dyndns-ip
dyndns-mail dyndns-office dyndns-pics dyndns-remote dyndns-server dyndns-web dyndns-wiki
dyndns-work dynns dynuddns dynuhosting elasticbeanstalk encoreapi est-a-la-maison est-a-la-masion
est-le-patron est-mon-blogueur eu eu1-plenit familyds fastly-edge fastly-terrarium fastvps-server
firebaseapp firewall-gateway fldrv forgeblocks framercanvas freebox-os freeboxos freemyip from-ak
from-al from-ar from-ca from-ct from-dc from-de from-fl from-ga from-hi from-ia from-id from-il
from-in from-ks from-ky from-ma from-md from-mi from-mn from-mo from-ms from-mt from-nc from-nd
from-ne from-nh from-nj from-nm from-nv from-oh from-ok from-or from-pa from-pr from-ri from-sc
from-sd from-tn from-tx from-ut from-va from-vt from-wa from-wi from-wv from-wy gcorecdn geekgalaxy
gentapps gentlentapis getmyip giize githubusercontent gleeze googleapis googlecode gotdns
gotpantheon gr grayjayleagues hatenablog hatenadiary health-carereform hercules-app hercules-dev
herokuapp hk hobby-site homelinux homesecuritymac homesecuritypc homeunix hosted-by-files hostedpi
hotelwithflight iamallama ip-ddns is-a-anarchist is-a-blogger is-a-bookkeeper is-a-bulls-fan
is-a-caterer is-a-chef is-a-conservative is-a-cpa is-a-cubicle-slave is-a-democrat is-a-designer
is-a-doctor is-a-financialadvisor is-a-geek is-a-green is-a-guru is-a-hard-worker is-a-hunter
is-a-landscaper is-a-lawyer is-a-liberal is-a-libertarian is-a-llama is-a-musician is-a-nascarfan
is-a-nurse is-a-painter is-a-personaltrainer is-a-photographer is-a-player is-a-republican
is-a-rockstar is-a-socialist is-a-student is-a-teacher is-a-techie is-a-therapist is-an-accountant
is-an-actor is-an-actress is-an-anarchist is-an-artist is-an-engineer is-an-entertainer
is-certified is-gone is-into-anime is-into-cars is-into-cartoons is-into-games is-leet
is-not-certified is-slick is-uberleet is-with-theband isa-geek isa-hockeynut issmarterthanyou it
jdevcloud jpn kasserver kozow la1-plenit ladesk likes-pie likescandy live-website localtonet logoip
loseyourip lovableproject lpusercontent magicpatternsapp messwithdns meteorapp mex miniserver
mochausercontent modelscape mwcloudnonprod myactivedirectory myasustor mycloudnas mydatto
mydbserver mydobiss myiphost mynascloud myoxypages myqnapcloud mysecuritycamera myshopblocks
myshopify myspreadshop mytabit mytuleap myvnc neat-url net-freaks nfshost ninjaneer-sites
on-aptible on-forge on-vapor onhomemade onrender onthewifi ooguy operaunite orsites outsystemscloud
ownprovider pagespeedmobilizer pgfog pivohosting pixolino playstation-cloud pleskns point2this
polyspace postman-echo pythonanywhere qa2 qbuser qualifioapp quicksytes rackmaze readthedocs-hosted
remotewd reservd rhcloud rice-labs routingthecloud ru sa sakuratan sakuraweb same-app same-preview
saves-the-whales scrysec securitytactics selfip sells-for-less sells-for-u servebbs servebeer
servecounterstrike serveexchange serveftp servegame servehalflife servehttp servehumour serveirc
servemp3 servep2p servepics servequake servesarcasm shipstatic shopitsite siiites simple-url
simplesite sinaapp smushcdn space-to-rent stackhero-network strapiapp streak-link streaklinks
streakusercontent streamlitapp stufftoread subsc-pay taveusercontent teaches-yoga temp-dns
theworkpc thingdustdata townnews-staging try-snowplow trycloudflare tuleap-partners uk
unusualperson upsunapp us us1-plenit vipsinaapp vivenushop w-corp-staticblitz
w-credentialless-staticblitz w-staticblitz wafflecell webadorsite webspace-host wiredbladehosting
withgoogle withyoutube wixsite wixstudio woltlab-demo wordsmithmcpcontent workisboring wpdevcloud
wpenginepowered wphostedmail wpmucdn writesthisblog x0 xtooldevice yolasite za com.au: ie:
myspreadshop com.br: simplesite com.tw: mymailer community: myforum nog ravendb company: mybox
contentproxy9.cz: rsc convex.cloud: convex.site: eu-west-1 us-east-1 cool: de elementor
core.usgovcloudapi.net: core.windows.net: blob file web csb.app: emergentagent.com: preview cv: dev
store cx: assessments ath calculators cloudns funnels info paynow quizzes researched tests cz: co
e4 realm dappnode.io: dyndns databricksapps.com: aws gcp databricksapps.us: aws-gov datadetect.com:
demo instance ddnss.de: dyn dyndns de: 123webseite 12hp 2ix 4lima barsy bplaced co com
community-pro ddnss ddnssec diskussionsbereich dnshome dnsupdater dyn-berlin dyn-ip24
dynamisches-dns dyndns1 dyndnssec firewall-gateway fuettertdasnetz git-repos goip gov heimdns
home-webserver home64 in-berlin in-brb in-butter in-dsl in-vpn internet-dns ipv64 iservschule
isteingeek istmein keymachine l-o-g-i-n lcube-server lebtimnetz leitungsen lima-city logoip
mein-iserv my my-gateway my-router myhome-server myspreadshop rub ruhr-uni-bochum schuldock
schulplattform schulserver spdns square7 srvdns svn-repos taifun-dns test-iserv traeumtgerade
virtual-user virtualuser webspaceconfig xn--gnstigbestellen-zvb xn--gnstigliefern-wob
de.object.ncloudstorage.com: kr.object.fin-ncloudstorage.com: kr.object.gov-ncloudstorage.com:
kr.object.ncloudstorage.com: krs.object.gov-ncloudstorage.com: sg.object.ncloudstorage.com:
us.object.ncloudstorage.com: s3-website deno.net: sandbox design: bss graphic dev: abyme barsy
bearblog botdash brave codepen deno deno-staging erp fly githubpreview grebedoc hrsn is-a
is-a-fullstack is-a-good is-cool is-not-a iserv localplayer loginline lp mediatech mocha-sandbox
modx myaddr ngrok ngrok-free pagelemon pages panel payload platter-app r2 reliantlabs
reliantpreview runcontainers uncld vercel vivenushop workers xmit dev.thingdust.io:
disrec.thingdust.io: testing.thingdust.io: cust reservd devs.ai: fbsbx.com: lair.io: apps direct:
libp2p diy: group: discourse dk: 123hjemmeside biz co firm myspreadshop reg store dogado.eu:
jelastic dualstack.af-south-1.amazonaws.com: dualstack.ap-northeast-1.amazonaws.com:
dualstack.ap-northeast-2.amazonaws.com: dualstack.ap-northeast-3.amazonaws.com:
dualstack.ap-south-1.amazonaws.com: dualstack.ap-south-2.amazonaws.com:
dualstack.ap-southeast-1.amazonaws.com: dualstack.ap-southeast-2.amazonaws.com:
dualstack.ap-southeast-3.amazonaws.com: dualstack.ap-southeast-4.amazonaws.com:
dualstack.ap-southeast-5.amazonaws.com: dualstack.cn-north-1.amazonaws.com.cn:
dualstack.eu-central-1.amazonaws.com: dualstack.eu-central-2.amazonaws.com:
dualstack.eu-south-1.amazonaws.com: dualstack.eu-south-2.amazonaws.com:
dualstack.eu-west-1.amazonaws.com: dualstack.eu-west-3.amazonaws.com:
dualstack.il-central-1.amazonaws.com: dualstack.me-central-1.amazonaws.com:
dualstack.sa-east-1.amazonaws.com: s3 s3-accesspoint s3-website dualstack.ap-east-1.amazonaws.com:
dualstack.cn-northwest-1.amazonaws.com.cn: dualstack.eu-north-1.amazonaws.com:
dualstack.eu-west-2.amazonaws.com: dualstack.me-south-1.amazonaws.com: s3 s3-accesspoint
dualstack.ca-central-1.amazonaws.com: dualstack.ca-west-1.amazonaws.com:
dualstack.us-east-1.amazonaws.com: dualstack.us-east-2.amazonaws.com:
dualstack.us-gov-east-1.amazonaws.com: dualstack.us-gov-west-1.amazonaws.com:
dualstack.us-west-1.amazonaws.com: dualstack.us-west-2.amazonaws.com: s3 s3-accesspoint
s3-accesspoint-fips s3-fips s3-website dyndns.org: go home eb.amazonaws.com.cn: cn-north-1
cn-northwest-1 ec: base official elasticbeanstalk.com: af-south-1 ap-east-1 ap-northeast-1
ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3
ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1
eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1
me-central-1 me-south-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1
us-west-2 elastx.net: jls-sto1 jls-sto2 jls-sto3 email: intouch emf.camp: at encoway.cloud:
meteorapp.com: pythonanywhere.com: eu encr.app: frontend enscaled.us: phx enter.pro: prod erp.dev:
val.run: web es: 123miweb myspreadshop eu: barsy cloudns deuxfleurs directwp dnshome prvw spdns
eu-west-1.amazonaws.com: analytics-gateway emrappui-prod emrnotebooks-prod emrstudio-prod
execute-api s3 s3-accesspoint s3-deprecated s3-object-lambda s3-website eu.org: al asso at au be bg
ca cd ch cn cy cz de dk edu ee es fi fr gr hr hu ie il in int is it jp kr lt lu lv me mk mt my net
ng nl no nz pl pt ro ru se si sk tr uk us eur.aruba.jenv-aruba.cloud: jenv-aruba.cloud: it1
evennode.com: eu-1 eu-2 eu-3 eu-4 us-1 us-2 us-3 us-4 events: co koobin evervault.app:
evervault.dev: relay expo.app: on staging fan: mkm fast: space view fastly.net: freetls map
fastlylb.net: map fedoraproject.org: interhostsolutions.be: nospamproxy.com: cloud fi: 123kotisivu
dy iki kapsi myspreadshop xn--hkkinen-5wa firewalledreplit.co: forgerock.io: repl.co: replit.app:
id flow.ch: appengine fnc.fr-par.scw.cloud: functions fo: co com fr: 123siteweb aeroport avocat
chambagri chirurgiens-dentistes chirurgiens-dentistes-en-france dedibox experts-comptables fbx-os
fbxos freebox-os freeboxos goupile kdns medecin myspreadshop notaires on-web pharmacien port
veterinaire ynh fr-par.scw.cloud: cockpit ddl dtwh fnc ifr k8s kafk mgdb rdb s3 s3-website scbl whm
fun: ms vicp yicp zicp funkfeuer.at: wien games: pley sheezy gay: torproject.net: wiardweb.com:
pages gdn: cnpy gg: botdash kaas panel stackit global: appwrite goog: cloud translate
gov-ncloudstorage.com: kr kr-private gov.scot: service gov.uk: api campaign service gr: barsy
simplesite gv.vc: d gw: nx health: hra her.name: his.name: forgot hf.space:
observableusercontent.com: static hk: inc ltd hooc.me: seprox host: bolt cloudaccess easypanel
emergent fastvps freesite gadget half iserv jele myfast tempurl voati wp2 wpmudev hosteur.com:
rag-cloud rag-cloud-ch hosting: opencraft hosting-cluster.nl: rb-hosting.io: tb-hosting.com:
transip.me: webhosting.be: site hrsn.net: mcdir.ru: vps ht: rt id: e zone ik-server.com: jcloud
jcloud-ver-jpc in: barsy cloudns indevs supabase web info: barrel-of-knowledge barrell-of-knowledge
barsy cloudns dnsupdate dvrcam dynamic-dns dyndns for-our forumz groks-the groks-this here-for-more
ilovecollege knowsitall mayfirst mittwald mittwaldserver no-ip nsupdate selfip typo3server v-info
webhop instances.scw.cloud: priv pub io: 2038 apigee b-data barsy basicserver beagleboard bitbucket
bluebite boxfuse brave browsersafetymark bubbleapps cleverapps cloudbeesusercontent darklang dedyn
definima drive-platform editorx edugit fh-muenster gitbook github gitlab hasura-app hostyhosting
hypernode icp0 icp1 jele keenetic kiloapps loginline lolipop mailerpage mo-siemens musician myaddr
myrdbx ngrok pantheonsite pstmn qcx qoto qzz readthedocs resindevice sandcats subscribepage telebit
terramind tickets utwente vaporcloud virtualserver webflow webflowtest webthings wixstudio wz ir:
arvanedge vistablog isk01.sakurastorage.jp: isk02.sakurastorage.jp: teckids.org: s3 it: 123homepage
16-b 32-b 64-b dnshome ibxos iliadboxos myspreadshop syncloud it.hs-heilbronn.de: pages
pages-research je: of jelastic.cloud: vip jelastic.com: demo jelastic.vps-host.net: atl njs ric jp:
0am 0g0 0j0 0t0 2-d angry babyblue babymilk backdrop bambina bitter blush bona boo boy boyfriend
but buyshop candypop capoo catfood cheap chicappa chillout chips chowder chu ciao cocotte coolblog
cranky crap cutegirl daa daynight deca deci digick eek egoism fakefur fashionstore fem flier flop
floppy fool frenchkiss girlfriend girly gloomy gonna greater hacca halfmoon handcrafted hateblo
hatenablog hatenadiary heavy her hiho hippy holy hungry icurus itigo jeez jellybean kawaiishop
kikirara kill kilo kuron littlestar lolipopmc lolitapunk lomo lovepop lovesick main matrix mimoza
mods mond mongolian moo mydns namaste netgamers nikita nobushi noor nyanta o0o0 oops parallel
parasite pecori peewee penne pepper perma pgw pigboat pinoko punyu pupu pussycat pya raindrop rdy
readymade rgr rulez sadist saloon sblo schoolbus secret skr staba stripper sub sunnyday supersale
tank theshop thick tonkotsu uh-oh under undo upper usercontent velvet verse versus vivian watson
weblike websozai whitesnow wjg xii zombie jp4.object.ncpstorage.com:
jp4.object.private.ncpstorage.com: jp5.object.ncpstorage.com: jp5.object.private.ncpstorage.com: jp
k2.cloud: elastic s3 website k8s.fr-par.scw.cloud: k8s.nl-ams.scw.cloud: k8s.pl-waw.scw.cloud:
nodes keliweb.cloud: cs kg: ae fj us xx kr: c01 eliv-api eliv-cdn eliv-dns mmv vki krd: co edu
kuleuven.be: ezproxy kz: jcloud la: bnr layershift.co.uk: scaleforce.com.cy: scaleforce.net: j lc:
oy leg.br: ac al am ap ba ce df es go ma mg ms mt pa pb pe pi pr rj rn ro rr rs sc se sp to
liara.run: iran link: canva cyon faable joinmc keenetic myfritz mypep linode.com: members
linodeusercontent.com: ip live: aem hlx lol: omg lp.dev: api objects lpg.cloudscale.ch:
rma.cloudscale.ch: objects lu: 123website md: ir me: barsy brasilia c66 craft ddns diskstation
dnsfor dscloud edgestack filegear filegear-sg grok hopto i234 loginto lohmus mcdir mybox myds
nohost noip opencloud soundcast synology tcp4 vp4 webhop xwx media: photos: website: wiki: framer
menu: barsy barsyonline metacentrum.cz: custom mn: nyc mobi: barsy dscloud modelence.app: cloud
sandbox mp: ju ms: minisite mynetname.net: sn mythic-beasts.com: caracal customer fentiger lynx
ocelot oncilla onza sphinx vs x yali nabu.casa: ui name: ispmanager keenetic ncloudstorage.com: kr
kr-naver kr-naver-dev kr-private ne.jp: gehirn ivory mail-box mints mokuren opal sakura sumomo
topaz neen.it: jc net: adobeaemcloud adobeio-static adobeioruntime akadns akamai akamai-staging
akamaiedge akamaiedge-staging akamaihd akamaihd-staging akamaiorigin akamaiorigin-staging akamaized
akamaized-staging alwaysdata apps-1and1 appudo at-band-camp azure-api azure-mobile azureedge
azurefd azurestaticapps azurewebsites barsy blackbaudcdn blogdns boomla botdash bounceme bplaced
broke-it buyshouses casacam cdn-edges cdn77-ssl channelsdvr clickrising cloudaccess cloudapp
cloudflare cloudfront cloudfunctions cloudjiffy cloudycluster community-pro ctfcloud dattolocal
ddns ddns-ip de5 debian definima deno dns-cloud dns-dynamic dnsalias dnsdojo dnsup does-it
dontexist dsmynas dynalias dynathome dynu dynuddns dynv6 eating-organic edgekey edgekey-staging
edgesuite edgesuite-staging endofinternet familyds fastlylb feste-ip firewall-gateway from-az
from-co from-la from-ny gb gets-it ggff grafana-dev ham-radio-op heteml hicam homeftp homeip
homelinux homeunix hu in in-dsl in-the-band in-vpn iobb ipifony ipv64 is-a-chef is-a-geek isa-geek
jp keyword-on kicks-ass kinghost knx-server krellian live-on localcert luyani mafelo meinforum
memset moonscale myamaze mydatto mydissent myeffect myfritz mymediapc mypsx myradweb
mysecuritycamera myspreadshop mysynology nhlfan no-ip now-dns office-on-the oninferno opik ownip
pgafan podzone privatizehealthinsurance rackmaze redirectme reserve-online routingthecloud ru
schokokeks scrapper-site se seidat selfip sells-it senseering servebbs serveblog serveftp
serveminecraft server-on shopselect siteleaf spryt square7 squares static-access subsc-pay supabase
sytes thruhere torproject trafficmanager ts tunnelmole twmail uk uni5 usgovcloudapp
usgovtrafficmanager vpndns vps-host vusercontent webhop yandexcloud za zabc network: aem appwrite
arvo azimuth co tlon news: noticeable nftstorage.link: storacha.link: w3s.link: ipfs ng: biz col
firm gen ltd ngo plc ngrok.io: ap au eu in jp sa us nl: 123website cistron co demon gov
hosting-cluster khplay myspreadshop nl-ams.scw.cloud: cockpit ddl dtwh ifr k8s kafk mgdb rdb s3
s3-website scbl whm no: 123hjemmeside co myspreadshop noc.ruhr-uni-bochum.de: io nodeart.io: stage
now: dyn here tmp nu: enterprisecloud merseine mine shacknet object.fin-ncloudstorage.com:
object.private.fin-ncloudstorage.com: kr object.gov-ncloudstorage.com:
object.private.gov-ncloudstorage.com: kr krs object.ncloudstorage.com: de kr sg us
object.ncpstorage.com: jp kr s3-website-jp object.private.ncloudstorage.com:
objectstorage.ncloud.com: kr sg object.private.ncpstorage.com: jp kr objectstorage.ch: lpg rma one:
service website online: barsy book eero eero-stage heimdns websitebuilder onstackit.cloud: runs
orange: tech org: accesscam ae altervista barsy blogdns blogsite bmoattachments boldlygoingnowhere
cable-modem camdvr cloudns collegefan couchpotatofries ddnss dnsalias dnsdojo doesntexist dontexist
doomdns dpdns dsmynas duckdns dvrdns dynalias dyndns dynserv endofinternet endoftheinternet eu
familyds fedorainfracloud fedorapeople freeddns freedesktop from-me fspages game-host gotdns
hatenadiary hepforge hk hobby-site homedns homeftp homelinux homeunix hopto httpbin in-dsl in-vpn
ip-dynamic iptime is-a-bruinsfan is-a-candidate is-a-celticsfan is-a-chef is-a-geek is-a-knight
is-a-linux-user is-a-patsfan is-a-soxfan is-found is-local is-lost is-saved is-very-bad
is-very-evil is-very-good is-very-nice is-very-sweet isa-geek jpn js kicks-ass misconfused mlbfan
my-firewall myfirewall myftp mysecuritycamera mywire nflfan no-ip now-dns pimienta podzone poivron
potager pubtls read-books readmyblog routingthecloud roxa selfip sellsyourhome servebbs serveftp
servegame small-web spdns stuff-4-sale sweetpepper toolforge tunk tuxfamily twmail ufcfan us webhop
webredirect wmcloud wmflabs wz za zapto org.uk: affinitylottery glug lug lugs raffleentry
weeklylottery origin.cdn77-secure.org: ssl os.fedoraproject.org: os.stg.fedoraproject.org:
render.com: app ovh: nerdpol oxa.cloud: tn uk paas.massivegrid.net: fr-1 lon-1 lon-2 ny-1 ny-2 sg-1
page: aem blacktops codeberg deuxfleurs ginta heyflow hlx linkyhost mybox mymagic omgs pdns plesk
prod prvcy rocky solidres statichost vibekit panel.gg: daemon pictures: 1337 pizza: ngrok pl: art
beep bielsko cfolks co dfirma dkonto ecommerce-shop gda gdansk gdynia gliwice homesklep iqhs krakow
krasnik leczna lodz lubartow lublin med myspreadshop pabianice plock poniatowa poznan sdscloud
shoparena sieradz simplesite skierniewice sopot swidnik torun unicloud wroc you2 zakopane zgierz
pl-waw.scw.cloud: cockpit ddl dtwh ifr k8s kafk mgdb rdb s3 s3-website scbl place: co ship
platform.sh: ent eu us playit.plus: with plus: playit ply.gg: d6 pm: name own prgmr.com: xen
primetel.cloud: uk pro: barsy cloudns keenetic ngrok prod.fastly.net: a global project-study.com:
dev pstmn.io: mock pt: 123paginaweb pw: cloudns x443 quickconnect.cn: quickconnect.to: direct
railway.app: up re: can netlib reclaim.cloud: ca uk us resinstaging.io: devices reviews: aem rip:
clan rit.edu: git-pages ro: barsy co shop rocks: lima-city myddns stackit v6 webspace rs: barsy ox
ru: + ac adygeya bashkiria bir cbg dagestan eurodir grozny int kalmykia kustanai marine mcdir mcpre
mil mircloud mordovia msk myjino mytis na4u nalchik nov pp pyatigorsk ras spb vladikavkaz vladimir
ru-msk.k2.cloud: ru-spb.k2.cloud: lb s3 website run: canva cloud development liara lovable needle
onporter ravendb repl rwx sanity sm stackit val vercel wix saveincloud.net: jelastic nordeste-idc
scot: co gov me mygov org scrypted.io: client scw.cloud: k8s scalebook smartlabeling scw.site: ams
waw se: 123minsida com iopsys itcouldbewor myspreadshop services: loginline sg: enscaled sh: bearly
botda hashbang lovable now surge teleport sh.cn: as shop: barsy barsyonline base hoplix shopware
show: ms si: f5 gitpage site: barsy byen caffeine ceero chatgpt co convex cpanel cyon docsflowy
fastvps figma figma-gov greybull heyflow jele jouwweb kliv loginline madethis medusajs nippy notion
novecore omniwe opensocial piebox playcode preview puter scw sol sourcecraft square srht support
wpsquared so: surveys space: app-ionos deployagent heiyu hf manus myfast project uber vibehost
xs4all spawn.cc: instances speedpartner.de: customer srcf.net: soc user srv.us: gh gl
ssl.fastly.net: a b global st: helioho kirara noho staging.expo.app: on storage.dev:
storageapi.dev: t3 store: barsy sellfy shopware storebase strapiapp.com: media studio: ai sanity
su: abkhazia adygeya aktyubinsk arkhangelsk armenia ashgabad azerbaijan balashov bashkiria bryansk
bukhara chimkent dagestan east-kazakhstan exnet georgia grozny ivanovo jambyl kalmykia kaluga
karacol karaganda karelia khakassia krasnodar kurgan kustanai lenug mangyshlak mordovia msk
murmansk nalchik navoi north-kazakhstan nov obninsk penza pokrovsk sochi spb tashkent termez
togliatti troitsk tselinograd tula tuva vladikavkaz vladimir vologda supabase.co: realtime storage
systems: miren tawk.email: tawkto.email: p team: discourse jelastic tech: cleverapps tf: sch th:
online shop tn: orangecloud to: 611 nett vpnplus x0 today: prequalifyme tools: myaddr top: ntdll
trendhosting.cloud: ch de tv: better-than dyndns from on-the-web sakura worse-than tw: mydns url
typeform.com: pro ua: biz cc co cx inf ltd pp v uk: barsy conn copro hosp independent-commission
independent-inquest independent-inquiry independent-panel independent-review nimsite public-inquiry
pymnt royal-commission us: azure-api azurewebsites cloudns freeddns golffan heliohost is-by
land-4-sale ngo noip pointto servername srv stuff-4-sale us-east-1.amazonaws.com:
us-east-2.amazonaws.com: us-west-2.amazonaws.com: analytics-gateway emrappui-prod emrnotebooks-prod
emrstudio-prod execute-api s3 s3-accesspoint s3-accesspoint-fips s3-deprecated s3-fips
s3-object-lambda s3-website us-east-1.amazoncognito.com: us-east-2.amazoncognito.com:
us-west-1.amazoncognito.com: us-west-2.amazoncognito.com: auth auth-fips
us-gov-east-1.amazoncognito.com: us-gov-west-1.amazoncognito.com: auth-fips us-gov-east-1.on.aws:
us-gov-west-1.on.aws: transfer-webapp transfer-webapp-fips us-gov-east-1.sagemaker.aws:
us-gov-west-1.sagemaker.aws: notebook notebook-fips studio studio-fips us-west-1.sagemaker.aws:
notebook notebook-fips studio usgovcloudapi.net: windows.net: servicebus uy: gv vc: gv mydns vip:
hidns wa.us: aberdeen bainbridge-isl bellevue bremerton centralia chehalis forks gig-harbor hoquiam
keyport kingston olympia port-angeles port-ludlow port-orchard port-townsend poulsbo redmond renton
sea seattle sequim shelton silverdale yarrow-point wafaicloud.com: jed ryd webaccel.jp: rs user
website.ncloudstorage.com: kr kr-naver kr-naver-dev wf: biz sch wmcloud.org: beta
wordsmithmcpcontent.com: staging work: puter wpenginepowered.com: js ws: cloud66 dyndns mypets
xn--p1acf: xn--41a xn--80aaa0cvac xn--90a1af xn--90amc xn--c1avg xn--h1ahn xn--h1aliz xn--j1adp
xn--j1aef xn--j1ael8b xyz: botdash caffeine exe opentunnel yandexcloud.net: storage website yt: org
zone: lima prg1-zerops stackit
`;
