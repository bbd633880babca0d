import django.contrib.postgres.fields
import django.db.models.deletion
import shouxin.kit.ids
from django.db import migrations, models

GUARD = """
CREATE FUNCTION customers_consent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: what was shown and decided stands', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER customers_consent_guard BEFORE UPDATE ON customers_consent_decision
    FOR EACH ROW EXECUTE FUNCTION customers_consent_guard();
CREATE TRIGGER customers_consent_guard BEFORE UPDATE ON customers_consent_shown
    FOR EACH ROW EXECUTE FUNCTION customers_consent_guard();
"""
UNDO = """
DROP TRIGGER customers_consent_guard ON customers_consent_shown;
DROP TRIGGER customers_consent_guard ON customers_consent_decision;
DROP FUNCTION customers_consent_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0026_list_orders'),
        ('rulebook', '0001_joined_0011'),
    ]

    operations = [
        migrations.CreateModel(
            name='Shown',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('language', models.CharField(choices=[('zh-Hans', '中文'), ('en', '英文')], max_length=10)),
                ('content', models.TextField()),
                ('first_at', models.DateTimeField()),
                ('notice_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.noticeversion')),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.purpose')),
            ],
            options={
                'db_table': 'customers_consent_shown',
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=50)),
                ('kind', models.CharField(choices=[('general', '同意'), ('sensitive', '敏感个人信息的单独同意'), ('provision', '向他人提供的单独同意'), ('publication', '公开的单独同意'), ('abroad', '向境外提供的单独同意'), ('face', '公共场所图像、身份识别信息用于其他目的的单独同意')], max_length=12)),
                ('item', models.CharField(blank=True, max_length=100)),
                ('decided', models.CharField(choices=[('given', '已同意'), ('refused', '未同意'), ('withdrawn', '已撤回')], max_length=10)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('channel', models.CharField(choices=[('portal', '客户门户'), ('form', '公开表单'), ('counter', '当面'), ('phone', '电话'), ('paper', '纸质'), ('api', '接口'), ('message', '消息中的链接')], max_length=8)),
                ('operator', models.UUIDField()),
                ('device', models.CharField(blank=True, max_length=64)),
                ('paper', models.UUIDField(null=True)),
                ('guardian', models.UUIDField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('entry', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_decisions', to='customers.customer')),
                ('shown', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='customers.shown')),
            ],
            options={
                'db_table': 'customers_consent_decision',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=50)),
                ('kind', models.CharField(choices=[('general', '同意'), ('sensitive', '敏感个人信息的单独同意'), ('provision', '向他人提供的单独同意'), ('publication', '公开的单独同意'), ('abroad', '向境外提供的单独同意'), ('face', '公共场所图像、身份识别信息用于其他目的的单独同意')], max_length=12)),
                ('item', models.CharField(blank=True, max_length=100)),
                ('state', models.CharField(choices=[('given', '已同意'), ('refused', '未同意'), ('withdrawn', '已撤回')], max_length=10)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='customers.customer')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.decision')),
            ],
            options={
                'db_table': 'customers_consent',
                'indexes': [models.Index(fields=['purpose', 'state', 'customer'], name='consent_by_purpose')],
                'constraints': [models.UniqueConstraint(fields=('customer', 'purpose', 'kind', 'item'), name='consent_once'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='consent_ends_later'), models.CheckConstraint(condition=models.Q(('fields', []), models.Q(('kind__in', ['general', 'sensitive']), ('state', 'given')), _connector='OR'), name='consent_opens_only_when_given')],
            },
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=50)),
                ('kind', models.CharField(choices=[('restricted', '限制处理'), ('objected', '拒绝处理')], max_length=10)),
                ('since', models.DateTimeField()),
                ('entry', models.UUIDField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refused_purposes', to='customers.customer')),
            ],
            options={
                'db_table': 'customers_refused_purpose',
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('customer', 'purpose'), name='refused_purpose_once')],
            },
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['customer', '-at'], name='consent_decisions_of'),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
